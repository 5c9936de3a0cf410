import { write } from "#write";

export function debug(line) {
  write("debug", String(line));
}

export function info(line) {
  write("info", String(line));
}

export function warn(line) {
  write("warn", String(line));
}

export function error(line) {
  write("error", String(line));
}
