package portcullis

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
)

type entry struct {
	Pass   string            `json:"pass"`
	Age    uint8             `json:"age,omitempty"`
	Lists  [][]string        `json:"lists"`
	More   *entry            `json:"more"`
	Net    netip.Prefix      `json:"net"`
	Free   any               `json:"free"`
	Raw    json.RawMessage   `json:"raw"`
	Names  map[string]string `json:"names"`
	On     bool              `json:"on"`
	Hidden string            `json:"-"`
	Plain  float64
	Quoted int `json:"quoted,string"`
}

func decodeEntries(contents string) error {
	var entries map[string]entry
	return NewSettings("{}", File{"e.json", []byte(contents)}).DataJSON("e.json", &entries)
}

func TestASoundDocumentIsDecoded(t *testing.T) {
	if err := decodeEntries(` {"a" : {"pass": "p\"}", "age":7, "lists": [ ["x"] , [] ], "more": {"pass": ""}, "net":
		"10.0.0.0/8", "free": {"x": [1, null, {"y": -1.5e3}]}, "raw": [ null ], "names": {"é\u0041": ""}, "on": false,
		"Plain": -0.5, "quoted": "7"}, "": {} , "b":{}} `); err != nil {
		t.Error(err)
	}
}

const known = "pass, age, lists, more, net, free, raw, names, on, Plain, quoted"

func TestAnErrorNamesTheLineAndTheEntry(t *testing.T) {
	for contents, fault := range map[string]string{
		"{\"a\": {},\n\"b\": 7}":                    "2: b: expected an object with " + known + ", found a number",
		"{\"a\": {\n\"lists\": [[], [\"x\", 7]]}}":  "2: a.lists[1][1]: expected a string, found a number",
		"{\"b c\": []}":                             `1: "b c": expected an object with ` + known + ", found a list",
		"{\"a\": {\"pass\": null}}":                 "1: a.pass: expected a string, found null",
		"{\"a\": {\"more\": null}}":                 "1: a.more: expected an object with " + known + ", found null",
		"{\"a\": {\"on\": \"hunter2\"}}":            "1: a.on: expected true or false, found a string",
		"{\"a\": {\"age\": 256}}":                   "1: a.age: this is not a valid uint8",
		"{\"a\": {\"net\": \"10.0.0.0/33\"}}":       "1: a.net: netip.ParsePrefix(\"10.0.0.0/33\"): prefix length out of range",
		"{\"a\": {},\n\"a\": {}}":                   "2: a: appears twice",
		"{\"a\": {\"free\": {\"x\": 1, \"x\": 2}}}": "1: a.free.x: appears twice",
		"{\"a\": {\"pas\": \"\"}}":                  "1: a.pas: is unknown; use one of " + known,
		"{\"a\": {\"Pass\": \"\"}}":                 "1: a.Pass: is unknown; use one of " + known,
		"{\"a\": {\"Hidden\": \"\"}}":               "1: a.Hidden: is unknown; use one of " + known,
		"{\n]":                                      "2: invalid character ']' looking for beginning of object key string",
		"{}\n{}":                                    "2: invalid character '{' after top-level value",
		"":                                          "1: unexpected end of JSON input",
		"[]":                                        "1: expected an object, found a list",
		"{\"a\": {\"names\": {\"x\": {\"y\": \"z\"}}}}": "1: a.names.x: expected a string, found an object",
	} {
		err := decodeEntries(contents)
		if err == nil || err.Error() != "e.json, line "+fault {
			t.Errorf("got %v, want %s", err, fault)
		}
	}
}

func TestASettingAtFaultIsNamed(t *testing.T) {
	var hours struct{ Opens int }
	err := NewSettings(`{"Opens": "eight"}`).JSON(&hours)
	if err == nil || err.Error() != "settings: Opens: expected a number, found a string" {
		t.Error(err)
	}
	if err := NewSettings(`{"Opens": 8}`).JSON(&hours); err != nil || hours.Opens != 8 {
		t.Error(err, hours)
	}
}

func TestAMissingFileIsAskedForByItsName(t *testing.T) {
	_, err := NewSettings("{}", File{Name: "user.json"}).Data("users.json")
	want := "users.json: the policy needs this data file: give it with --data users.json, or --data users.json=FILE if " +
		"it has another name (given: user.json)"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	if _, err := NewSettings("{}").DataText("a"); err == nil || !strings.HasSuffix(err.Error(), "(given: none)") {
		t.Error(err)
	}
}

func TestTextThatIsNotUTF8IsRefusedWithItsPlace(t *testing.T) {
	settings := NewSettings("{}", File{"bad", []byte("ab\xff")}, File{"good", []byte("é\ufffd")})
	if _, err := settings.DataText("bad"); err == nil || err.Error() != "bad: not UTF-8 after byte 2" {
		t.Error(err)
	}
	if text, err := settings.DataText("good"); err != nil || text != "é\ufffd" {
		t.Error(text, err)
	}
}
