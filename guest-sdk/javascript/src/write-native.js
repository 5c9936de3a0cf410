// In native tests, standard error stands for the operator's log.
export function write(level, line) {
  process.stderr.write(`${level}: ${line}\n`);
}

export function toThrow(error) {
  return error;
}
