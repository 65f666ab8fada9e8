// Asks for everything through what openapi-generator made for TypeScript (typescript-fetch).
// Takes the service's address and an administrator's key, and writes what it got as JSON.

import {
  AdminApi,
  Configuration,
  EvaluateApi,
  HealthApi,
  MetricsApi,
  ModelsApi,
  OpenInferenceProtocolApi,
  PredictApi,
  ResponseError,
  type InferenceRequest,
  type InferenceResponse,
} from "./generated";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const [basePath, apiKey] = process.argv.slice(2) as [string, string];
const configuration = new Configuration({ basePath });
const predict = new PredictApi(configuration);
const evaluate = new EvaluateApi(configuration);
const models = new ModelsApi(configuration);
const health = new HealthApi(configuration);
const protocol = new OpenInferenceProtocolApi(configuration);
const metrics = new MetricsApi(configuration);
const admin = new AdminApi(new Configuration({ basePath, apiKey }));

const model = "arithmetic";
const instances = [
  { a: 4.93, op: "+", b: 4.02 },
  { a: 7.5, op: "/", b: 2 },
];
const inferenceRequest: InferenceRequest = {
  inputs: [
    { name: "a", shape: [2], datatype: "FP64", data: [4.93, 7.5] },
    { name: "op", shape: [2], datatype: "BYTES", data: ["+", "/"] },
    { name: "b", shape: [2], datatype: "FP64", data: [4.02, 2] },
  ],
};
const elements = (answer: InferenceResponse) => answer.outputs.map(({ data }) => data);
const names = (answer: { models: { model: string }[] }) => answer.models.map(({ model }) => model);

/** Returns the body of an error. */
async function refuse(asking: Promise<unknown>) {
  try {
    await asking;
  } catch (error) {
    if (error instanceof ResponseError) return error.response.json();
    throw error;
  }
  throw new Error("expected an error");
}

async function ask() {
  const rows = await predict.predict({ predictRequest: { instances } });
  const columns = await predict.predict({
    predictRequest: { a: [1, 2, 3], op: "*", b: [4, 5, 6] },
  });
  const expressions = await predict.predict({
    predictRequest: { expressions: ["4.93 + 4.02", "6,3 ÷ -0,6"], exact: true },
  });
  const sampled = await evaluate.evaluate({
    evaluateRequest: { sample: { n: 100, operations: ["+"], range: [-10, 10] } },
  });
  const labelled = await evaluate.evaluate({
    evaluateRequest: { instances, expected: [8.95, 3.75] },
  });
  const manifest = await models.getManifest({ model, version: 1 });
  const card = await models.getFile({ model, version: 1, path: "MODEL_CARD.md" });
  const ready = await health.checkReady();
  const label = { model, label: "candidate" };
  const other = { expressions: ["1 + 1"], model: "other" };
  return {
    predict: [
      rows.predictions,
      columns.predictions,
      expressions.predictions,
      expressions.absoluteErrors,
    ],
    evaluate: [sampled.overall.n, labelled.overall.n],
    list_models: names(await models.listModels()),
    get_model: (await models.getModel({ model })).versions,
    get_manifest: [manifest.family, manifest.signature.domains[3]?.poles?.[0]?.distance],
    get_file: (await card.text()).split("\n")[0],
    check_live: (await health.checkLive()).status,
    check_ready: [ready.model, ready.version],
    get_server_metadata: (await protocol.getServerMetadata()).extensions,
    check_server_live: (await protocol.checkServerLive()).live,
    check_server_ready: (await protocol.checkServerReady()).ready,
    get_model_metadata: (await protocol.getModelMetadata({ model })).inputs.map(({ name }) => name),
    get_version_metadata: (await protocol.getVersionMetadata({ model, version: "1" })).versions,
    check_model_ready: (await protocol.checkModelReady({ model })).ready,
    check_version_ready: (await protocol.checkVersionReady({ model, version: "1" })).ready,
    infer: elements(await protocol.infer({ model, inferenceRequest })),
    infer_with_version: elements(
      await protocol.inferWithVersion({ model, version: "1", inferenceRequest }),
    ),
    get_metrics: (await metrics.getMetrics()).includes("tabuada_requests_total"),
    get_loaded_models: names(await admin.getLoadedModels()),
    refresh_models: names(await admin.refreshModels()),
    move_label: names(await admin.moveLabel({ ...label, labelTarget: { version: 1 } })),
    remove_label: names(await admin.removeLabel(label)),
    refused: [
      (await refuse(predict.predict({ predictRequest: other }))).error.code,
      (await refuse(protocol.infer({ model: "other", inferenceRequest }))).error,
    ],
  };
}

void ask().then((answers) => process.stdout.write(JSON.stringify(answers)));
