// Tells how each test ended, a line of JSON each: [name, null], or [name, why it failed].

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (data.nesting !== 0 || data.details?.type === "suite") continue;
    const isWhole = data.name?.endsWith(".test.js"); // the file, where it runs apart
    if (type === "test:pass" && !isWhole) yield `${JSON.stringify([data.name, null])}\n`;
    if (type === "test:fail") {
      const { error } = data.details;
      yield `${JSON.stringify([data.name, String(error?.cause?.stack ?? error)])}\n`;
    }
  }
}
