import assert from "node:assert/strict";
import test from "node:test";

import { Fault, Settings } from "portcullis";
import * as testing from "portcullis/testing";

const settings = (fields) => new Settings(testing.settings(fields));
const lists = (contents) => settings({ data: { "lists.json": contents } });

// Lists of strings by name.
function readLists(value) {
  for (const [name, list] of Object.entries(value)) {
    if (!Array.isArray(list)) throw Fault.expected([name], "a list", list);
    list.forEach((entry, index) => {
      if (typeof entry !== "string") throw Fault.expected([name, index], "a string", entry);
    });
  }
  return value;
}

test("settings and data are read", () => {
  const given = settings({ json: { opens: 8 }, data: { "b.json": { a: [] }, "a.txt": "text" } });
  assert.deepEqual(given.json(), { opens: 8 });
  assert.equal(given.jsonText, '{"opens":8}');
  assert.deepEqual(given.dataNames, ["a.txt", "b.json"]);
  assert.deepEqual(given.dataJson("b.json", readLists), { a: [] });
  assert.equal(given.dataText("a.txt"), "text");
  assert.deepEqual([...given.data("a.txt")], [...Buffer.from("text")]);
});

test("a fault names its file, line and entry, without values", () => {
  for (const [contents, fault] of [
    ['{"a": [],\n"b": ["x", 7]}', "lists.json, line 2: b[1]: expected a string, found a number"],
    ['{"b c": {}}', 'lists.json, line 1: "b c": expected a list, found an object'],
    ['{\n"a\\"": [ ],\n"c": [\n"}{", "[\\\\",\nnull]}', "lists.json, line 5: c[2]: expected a string, found null"],
    ['{"a": "hunter2"}', "lists.json, line 1: a: expected a list, found a string"],
    ['{\n\n"a": true}', "lists.json, line 3: a: expected a list, found a boolean"],
  ]) {
    assert.throws(() => lists(contents).dataJson("lists.json", readLists), { message: fault });
  }
});

test("a missing entry is reported at the nearest entry", () => {
  const read = () => {
    throw new Fault(["bob", "pass"], "is missing");
  };
  const users = settings({ data: { "users.json": '{\n"amy": {},\n"bob":\n{}}' } });
  assert.throws(() => users.dataJson("users.json", read), { message: "users.json, line 4: bob.pass: is missing" });
});

test("an entry that appears twice is refused", () => {
  for (const [contents, fault] of [
    ['{"a": [],\n"b": [],\n"a": []}', "lists.json, line 3: a: appears twice"],
    ['{"a": [{"x": 1, "\\u0078": 2}]}', "lists.json, line 1: a[0].x: appears twice"],
    ['{"a": "b\\":", "a\\\\": 1, "c": 2, "c": 3}', "lists.json, line 1: c: appears twice"],
  ]) {
    assert.throws(() => lists(contents).dataJson("lists.json"), { message: fault });
  }
  const text = '{"a": "\\"b\\": [", "b" : [{"a": ":"}, {"a": 1}, -1.5e3, true, null, "x"], "__proto__": {}}';
  assert.equal(lists(text).dataJson("lists.json").a, '"b": [');
});

test("invalid JSON is refused with its file and without its content", () => {
  for (const contents of ["{\n]", "{}\n{}", "", "hunter2", '{"a": hunter2}', "\ufeff{}"]) {
    assert.throws(
      () => lists(contents).dataJson("lists.json"),
      ({ message }) => /^lists\.json(, line \d)?: no JSON/.test(message) && !message.includes("hunter2"),
      contents,
    );
  }
});

test("a fault in a setting names the setting", () => {
  const read = ({ opens }) => {
    throw Fault.expected(["opens"], "a number", opens);
  };
  const given = settings({ json: { opens: "eight" } });
  assert.throws(() => given.json(read), { message: "settings: opens: expected a number, found a string" });
});

test("a missing file is named", () => {
  assert.throws(() => settings({ data: { "user.json": "{}" } }).dataJson("users.json"), {
    message:
      "users.json: the policy needs this data file: give it with --data users.json, or " +
      "--data users.json=FILE if it has another name (given: user.json)",
  });
  assert.throws(() => settings().data("users.json"), /\(given: none\)$/);
});

test("text that is not UTF-8 is refused with its position", () => {
  for (const [bytes, valid] of [
    ["ab\xff", 2],
    ["\xc3\xa4\xc3", 2],
    ["\xff", 0],
    ["abcd\xffefgh\xff", 4],
  ]) {
    const given = settings({ data: { "names.txt": Buffer.from(bytes, "latin1") } });
    assert.throws(() => given.dataText("names.txt"), { message: `names.txt: not UTF-8 after byte ${valid}` });
  }
});
