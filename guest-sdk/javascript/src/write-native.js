// In native tests standard error is the operator.
export function write(level, line) {
  process.stderr.write(`${level}: ${line}\n`);
}

export function toThrow(error) {
  return error;
}
