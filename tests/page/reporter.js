// Tells how each test ended, a line of JSON each: [name, null], or [name, why it failed].

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (data.nesting !== 0) continue;
    if (type === "test:pass") yield `${JSON.stringify([data.name, null])}\n`;
    if (type === "test:fail") {
      const { error } = data.details;
      yield `${JSON.stringify([data.name, String(error?.cause?.stack ?? error)])}\n`;
    }
  }
}
