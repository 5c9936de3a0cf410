package portcullis

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// shape is what a Go type expects in JSON.
type shape struct {
	reflect.Type
	own     bool         // It decodes itself.
	json    string       // The JSON type; empty if it accepts any.
	element reflect.Type // Of a list, or of an object with any names.
	names   []string     // Of an object that allows only these names.
	types   []reflect.Type
}

func (c *jsonChecker) shape(t reflect.Type) *shape {
	if known := c.shapes[t]; known != nil {
		return known
	}
	made := newShape(t)
	c.shapes[t] = made
	return made
}

func newShape(t reflect.Type) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	made := &shape{Type: t}
	pointer := reflect.PointerTo(t)
	made.own = pointer.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	switch t.Kind() {
	case reflect.Struct:
		made.json = inJSON('{')
		for _, field := range reflect.VisibleFields(t) {
			if name := jsonName(field); name != "" {
				made.names = append(made.names, name)
				made.types = append(made.types, jsonType(field))
			}
		}
	case reflect.Map:
		made.json, made.element = inJSON('{'), t.Elem()
	case reflect.Slice, reflect.Array:
		made.json, made.element = inJSON('['), t.Elem()
		if t.Elem().Kind() == reflect.Uint8 {
			made.json = inJSON('"')
		}
	case reflect.String:
		made.json = inJSON('"')
	case reflect.Bool:
		made.json = inJSON('t')
	case reflect.Interface:
		made.element = t
	default:
		made.json = inJSON('0')
	}
	return made
}

// entry returns the type of an object's entry.
func (s *shape) entry(name []byte) (t reflect.Type, known bool) {
	if s.element != nil {
		return s.element, true
	}
	for i, known := range s.names {
		if known == string(name) {
			return s.types[i], true
		}
	}
	return nil, false
}

// wanted says what has to be there, for an error.
func (s *shape) wanted() string {
	if len(s.names) == 0 {
		return s.json
	}
	return s.json + " with " + strings.Join(s.names, ", ")
}

// jsonName returns the JSON name of a field; empty if it has none.
func jsonName(field reflect.StructField) string {
	tag := field.Tag.Get("json")
	name, _, _ := strings.Cut(tag, ",")
	switch {
	case !field.IsExported() || tag == "-" || field.Anonymous && name == "":
		return ""
	case name == "":
		return field.Name
	default:
		return name
	}
}

// jsonType returns the type of a field; any, if the value is written as a string.
func jsonType(field reflect.StructField) reflect.Type {
	_, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	if slices.Contains(strings.Split(options, ","), "string") {
		return reflect.TypeFor[any]()
	}
	return field.Type
}

// inJSON returns the kind of a value that begins with this letter.
func inJSON(first byte) string {
	switch first {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}
