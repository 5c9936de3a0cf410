package portcullis

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// jsonFault is what is wrong with a JSON document, without its values.
type jsonFault struct {
	line int
	text string
}

// decodeJSON reads the document twice: encoding/json accepts duplicate names, null for every type, and any case of a
// name, and its errors do not say which entry they are about.
func decodeJSON(document []byte, v any) *jsonFault {
	err := json.Unmarshal(document, v)
	var malformed *json.SyntaxError
	if errors.As(err, &malformed) {
		return &jsonFault{lineAt(document, int(malformed.Offset)), malformed.Error()}
	}
	var wrong *json.InvalidUnmarshalError
	if errors.As(err, &wrong) {
		return &jsonFault{1, "the policy does not say what to decode it into"}
	}
	checker := jsonChecker{document: document, shapes: map[reflect.Type]*shape{}}
	if fault := checker.check(reflect.TypeOf(v).Elem()); fault != nil {
		return fault
	}
	if err != nil {
		return &jsonFault{1, strings.TrimPrefix(err.Error(), "json: ")}
	}
	return nil
}

func lineAt(document []byte, offset int) int {
	return 1 + bytes.Count(document[:min(offset, len(document))], []byte("\n"))
}

// jsonChecker walks a well-formed document together with the Go type that it is decoded into.
type jsonChecker struct {
	document []byte
	position int
	path     []segment
	shapes   map[reflect.Type]*shape
}

// segment is one step of the path to a value: its name, or its index in a list.
type segment struct {
	name  []byte
	index int
}

func (c *jsonChecker) check(t reflect.Type) *jsonFault {
	c.skipSpace()
	expected := c.shape(t)
	start, kind := c.position, c.document[c.position]
	if expected.own {
		return c.checkOwn(expected, start)
	}
	if expected.json != "" && expected.json != inJSON(kind) {
		return c.fault(start, "expected "+expected.wanted()+", found "+inJSON(kind))
	}
	switch kind {
	case '{':
		return c.checkObject(expected)
	case '[':
		return c.checkList(expected)
	default:
		c.skipScalar()
	}
	switch expected.Kind() {
	case reflect.Interface, reflect.String, reflect.Bool:
		return nil
	default: // A number may be too large, and bytes are written in base64.
		return c.checkOwn(expected, start)
	}
}

// checkOwn lets the type itself, or encoding/json, check whether the value fits.
func (c *jsonChecker) checkOwn(expected *shape, start int) *jsonFault {
	c.position = start
	if fault := c.check(reflect.TypeFor[any]()); fault != nil {
		return fault
	}
	err := json.Unmarshal(c.document[start:c.position], reflect.New(expected.Type).Interface())
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return c.fault(start, "this is not a valid "+expected.String())
	default:
		return c.fault(start, err.Error())
	}
}

func (c *jsonChecker) checkObject(expected *shape) *jsonFault {
	var seen names
	c.position++
	for c.skipSpace(); c.document[c.position] != '}'; c.skipSpace() {
		start := c.position
		name := c.name()
		c.path = append(c.path, segment{name: name})
		if !seen.add(name) {
			return c.fault(start, "appears twice")
		}
		element, known := expected.entry(name)
		if !known {
			return c.fault(start, "is unknown; use one of "+strings.Join(expected.names, ", "))
		}
		c.skipSpace()
		c.position++ // the colon
		if fault := c.check(element); fault != nil {
			return fault
		}
		c.path = c.path[:len(c.path)-1]
		c.skipComma()
	}
	c.position++
	return nil
}

func (c *jsonChecker) checkList(expected *shape) *jsonFault {
	c.position++
	c.skipSpace()
	for i := 0; c.document[c.position] != ']'; i++ {
		c.path = append(c.path, segment{index: i})
		if fault := c.check(expected.element); fault != nil {
			return fault
		}
		c.path = c.path[:len(c.path)-1]
		c.skipComma()
	}
	c.position++
	return nil
}

func (c *jsonChecker) skipSpace() {
	for c.position < len(c.document) {
		switch c.document[c.position] {
		case ' ', '\t', '\r', '\n':
			c.position++
		default:
			return
		}
	}
}

func (c *jsonChecker) skipComma() {
	c.skipSpace()
	if c.document[c.position] == ',' {
		c.position++
	}
	c.skipSpace()
}

// skipScalar skips a string, a number, true, false or null.
func (c *jsonChecker) skipScalar() {
	if c.document[c.position] != '"' {
		for c.position < len(c.document) && strings.IndexByte(" \t\r\n,]}", c.document[c.position]) < 0 {
			c.position++
		}
		return
	}
	for c.position++; c.document[c.position] != '"'; c.position++ {
		if c.document[c.position] == '\\' {
			c.position++
		}
	}
	c.position++
}

// name reads the name of an entry.
func (c *jsonChecker) name() []byte {
	start := c.position
	c.skipScalar()
	quoted := c.document[start:c.position]
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return quoted
	}
	return []byte(name)
}

func (c *jsonChecker) fault(offset int, text string) *jsonFault {
	var path strings.Builder
	for i, segment := range c.path {
		switch {
		case segment.name == nil:
			path.WriteString("[" + strconv.Itoa(segment.index) + "]")
		case i > 0:
			path.WriteString("." + plain(string(segment.name)))
		default:
			path.WriteString(plain(string(segment.name)))
		}
	}
	if path.Len() > 0 {
		text = path.String() + ": " + text
	}
	return &jsonFault{lineAt(c.document, offset), text}
}

// plain returns a name as it appears in a path; a name with special characters is quoted.
func plain(name string) string {
	odd := func(letter rune) bool {
		return !unicode.IsLetter(letter) && !unicode.IsDigit(letter) && letter != '-' && letter != '_'
	}
	if name == "" || strings.ContainsFunc(name, odd) {
		return strconv.Quote(name)
	}
	return name
}

// names are the names of an object's entries. Most objects have few.
type names struct {
	few  [][]byte
	many map[string]bool
}

// add reports whether the name is new.
func (n *names) add(name []byte) bool {
	if n.many == nil {
		for _, known := range n.few {
			if bytes.Equal(known, name) {
				return false
			}
		}
		n.few = append(n.few, name)
		if len(n.few) > 16 {
			n.many = map[string]bool{}
			for _, known := range n.few {
				n.many[string(known)] = true
			}
		}
		return true
	}
	if n.many[string(name)] {
		return false
	}
	n.many[string(name)] = true
	return true
}
