// Writes the collection that Postman makes of a description, as it is told to: what to take for
// values is an option there. Takes the description's file and that option.

import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";
import { convertV2 } from "openapi-to-postmanv2";

const [file, parametersResolution] = argv.slice(2);
const options = parametersResolution ? { parametersResolution } : {};
convertV2({ type: "string", data: readFileSync(file, "utf8") }, options, (error, made) => {
  if (error ?? !made.result) throw error ?? new Error(made.reason);
  stdout.write(JSON.stringify(made.output[0].data));
});
