// Asks for everything through openapi-fetch, with the types that openapi-typescript made.
// Takes the service's address and an administrator's key, and writes what it got as JSON.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const [url, key] = process.argv.slice(2) as [string, string];
const client = createClient<paths>({ baseUrl: url });
const admin = createClient<paths>({ baseUrl: url, headers: { "X-API-Key": key } });
const model = "arithmetic";
const one = { params: { path: { model } } };
const version = { params: { path: { model, version: 1 } } };
const inProtocol = { params: { path: { model, version: "1" } } };
const label = { params: { path: { model, label: "candidate" } } };

type Row = components["schemas"]["Row"];
type Tensors = components["schemas"]["InferenceResponse"];

/** Returns what was answered, which the types say is there where there is no error. */
async function get<Data>(asking: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await asking;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

const instances: Row[] = [
  { a: 4.93, op: "+", b: 4.02 },
  { a: 7.5, op: "/", b: 2 },
];
const rows = await get(client.POST("/predict", { body: { instances } }));
const columns = await get(
  client.POST("/predict", { body: { a: [1, 2, 3], op: "*", b: [4, 5, 6] } }),
);
const expressions = await get(
  client.POST("/predict", { body: { expressions: ["4.93 + 4.02", "6,3 ÷ -0,6"], exact: true } }),
);
const sampled = await get(
  client.POST("/evaluate", { body: { sample: { n: 100, operations: ["+"], range: [-10, 10] } } }),
);
const labelled = await get(client.POST("/evaluate", { body: { instances, expected: [8.95, 3.75] } }));
const manifest = await get(client.GET("/models/{model}/versions/{version}", version));
const card = await get(
  client.GET("/models/{model}/versions/{version}/files/{path}", {
    params: { path: { model, version: 1, path: "MODEL_CARD.md" } },
    parseAs: "text",
  }),
);
const ready = await get(client.GET("/health/ready"));
const metadata = await get(client.GET("/v2/models/{model}", one));
const tensors: components["schemas"]["InferenceRequest"] = {
  inputs: [
    { name: "a", shape: [2], datatype: "FP64", data: [4.93, 7.5] },
    { name: "op", shape: [2], datatype: "BYTES", data: ["+", "/"] },
    { name: "b", shape: [2], datatype: "FP64", data: [4.02, 2] },
  ],
};
/** Returns the elements of the tensors, which come as JSON where nobody asked for bytes. */
function elements(answer: Tensors | string) {
  if (typeof answer === "string") throw new Error("expected JSON");
  return answer.outputs.map(({ data }) => data);
}
const names = ({ models }: { models: { model: string }[] }) => models.map(({ model }) => model);
const metrics: string = await get(client.GET("/metrics", { parseAs: "text" }));
const refused = await client.POST("/predict", { body: { expressions: ["1 + 1"], model: "other" } });
const refusedTensors = await client.POST("/v2/models/{model}/infer", {
  params: { path: { model: "other" } },
  body: tensors,
});

const answers = {
  predict: [
    rows.predictions,
    columns.predictions,
    expressions.predictions,
    expressions.absolute_errors,
  ],
  evaluate: [sampled.overall.n, labelled.overall.n],
  list_models: names(await get(client.GET("/models"))),
  get_model: (await get(client.GET("/models/{model}", one))).versions,
  get_manifest: [manifest.family, manifest.signature.domains[3]?.poles?.[0]?.distance],
  get_file: card.split("\n")[0],
  check_live: (await get(client.GET("/health/live"))).status,
  check_ready: [ready.model, ready.version],
  get_server_metadata: (await get(client.GET("/v2"))).extensions,
  check_server_live: (await get(client.GET("/v2/health/live"))).live,
  check_server_ready: (await get(client.GET("/v2/health/ready"))).ready,
  get_model_metadata: metadata.inputs.map(({ name }) => name),
  get_version_metadata: (
    await get(client.GET("/v2/models/{model}/versions/{version}", inProtocol))
  ).versions,
  check_model_ready: (await get(client.GET("/v2/models/{model}/ready", one))).ready,
  check_version_ready: (
    await get(client.GET("/v2/models/{model}/versions/{version}/ready", inProtocol))
  ).ready,
  infer: elements(await get(client.POST("/v2/models/{model}/infer", { ...one, body: tensors }))),
  infer_with_version: elements(
    await get(
      client.POST("/v2/models/{model}/versions/{version}/infer", { ...inProtocol, body: tensors }),
    ),
  ),
  get_metrics: metrics.includes("tabuada_requests_total"),
  get_loaded_models: names(await get(admin.GET("/admin/models"))),
  refresh_models: names(await get(admin.POST("/admin/refresh"))),
  move_label: names(
    await get(
      admin.PUT("/admin/models/{model}/labels/{label}", { ...label, body: { version: 1 } }),
    ),
  ),
  remove_label: names(await get(admin.DELETE("/admin/models/{model}/labels/{label}", label))),
  refused: [refused.error?.error.code, refusedTensors.error?.error],
};
process.stdout.write(JSON.stringify(answers));
