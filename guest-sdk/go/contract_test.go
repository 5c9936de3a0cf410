package portcullis

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unsafe"
)

// contract has the types of the contract by name, read from the WIT beside this package. These tests take layouts from
// there and from the canonical ABI; they do not use the constants of this package.
type contract map[string]witType

// witType is a type of the contract: a primitive type or an alias, list<...>, option<...>, tuple<...>, or one of these.
type witType struct {
	kind   string // record, variant, enum, alias
	fields []witField
}

type witField struct {
	name, of string // Of nothing: a case without a payload.
}

var (
	witItem  = regexp.MustCompile(`(?ms)^    (record|variant|enum) ([\w-]+) \{\n(.*?)^    \}`)
	witEntry = regexp.MustCompile(`(?m)^        ([\w-]+)(?:: (.*)|\((.*)\))?,$`)
	witAlias = regexp.MustCompile(`(?m)^    type ([\w-]+) = (.*);$`)
)

func readContract(t *testing.T) contract {
	t.Helper()
	wit, err := os.ReadFile("../../wit/types.wit")
	if err != nil {
		wit, err = os.ReadFile("../wit/types.wit") // Beside a policy.
	}
	if err != nil {
		t.Fatal(err)
	}
	types := contract{}
	for _, item := range witItem.FindAllStringSubmatch(string(wit), -1) {
		found := witType{kind: item[1]}
		for _, entry := range witEntry.FindAllStringSubmatch(item[3], -1) {
			found.fields = append(found.fields, witField{entry[1], entry[2] + entry[3]})
		}
		types[item[2]] = found
	}
	for _, alias := range witAlias.FindAllStringSubmatch(string(wit), -1) {
		types[alias[1]] = witType{"alias", []witField{{of: alias[2]}}}
	}
	types["configured"] = witType{"variant", []witField{{name: "ok"}, {"error", "string"}}}
	return types
}

// resolve follows aliases until it finds a primitive type, or a kind with its parts.
func (c contract) resolve(name string) (kind string, parts []witField) {
	if outer, inner, generic := strings.Cut(strings.TrimSuffix(name, ">"), "<"); generic {
		if outer == "option" {
			return "variant", []witField{{name: "none"}, {"some", inner}}
		}
		if outer == "tuple" {
			first, second, _ := strings.Cut(inner, ", ")
			return "record", []witField{{"0", first}, {"1", second}}
		}
		return outer, []witField{{of: inner}}
	}
	known, found := c[name]
	switch {
	case !found:
		return name, nil
	case known.kind == "alias":
		return c.resolve(known.fields[0].of)
	case known.kind == "enum":
		return "variant", known.fields
	default:
		return known.kind, known.fields
	}
}

func roundUp(offset, align uint32) uint32 { return (offset + align - 1) / align * align }

// layout returns what the canonical ABI calls size and alignment.
func (c contract) layout(name string) (size, align uint32) {
	kind, parts := c.resolve(name)
	switch kind {
	case "":
		return 0, 1
	case "u8":
		return 1, 1
	case "u32":
		return 4, 4
	case "u64":
		return 8, 8
	case "string", "list":
		return 8, 4
	}
	align = 1
	for _, part := range parts {
		partSize, partAlign := c.layout(part.of)
		align = max(align, partAlign)
		if kind == "record" {
			size = roundUp(size, partAlign) + partSize
		} else {
			size = max(size, partSize)
		}
	}
	if kind == "variant" {
		size += roundUp(1, align)
	}
	return roundUp(size, align), align
}

// record calls visit with each field and its address.
func (c contract) record(at uint32, fields []witField, visit func(at uint32, field witField)) {
	for _, field := range fields {
		size, align := c.layout(field.of)
		at = roundUp(at, align)
		visit(at, field)
		at += size
	}
}

func (c contract) payloadOffset(name string) uint32 {
	_, align := c.layout(name)
	return roundUp(1, align)
}

// Values in tests: records are maps by field, lists slices, variants and enums cases, an absent option is nil.
type (
	fields map[string]any
	list   []any
	chosen struct {
		name    string
		payload any
	}
)

// store writes a value as a host would.
func (c contract) store(a *arena, at uint32, name string, value any) {
	kind, parts := c.resolve(name)
	switch kind {
	case "u8":
		a.putU8(at, value.(uint8))
	case "u32":
		a.putU32(at, value.(uint32))
	case "u64":
		a.putU64(at, value.(uint64))
	case "string":
		text := value.(string)
		address := a.alloc(uint32(len(text)), 1)
		copy(unsafe.Slice((*byte)(a.at(address)), len(text)), text)
		a.putU32(at, address)
		a.putU32(at+4, uint32(len(text)))
	case "list":
		size, align := c.layout(parts[0].of)
		elements, _ := value.(list)
		address := a.alloc(size*uint32(len(elements)), align)
		for i, element := range elements {
			c.store(a, address+uint32(i)*size, parts[0].of, element)
		}
		a.putU32(at, address)
		a.putU32(at+4, uint32(len(elements)))
	case "record":
		c.record(at, parts, func(at uint32, field witField) {
			given, found := value.(fields)[field.name]
			if !found && !strings.HasPrefix(field.of, "option<") {
				panic(fmt.Sprint("no value for ", name, ".", field.name))
			}
			c.store(a, at, field.of, given)
		})
	case "variant":
		picked, _ := value.(chosen)
		if strings.HasPrefix(name, "option<") {
			picked = chosen{"some", value}
			if value == nil {
				picked = chosen{name: "none"}
			}
		}
		for i, part := range parts {
			if part.name == picked.name {
				a.putU8(at, uint8(i))
				c.store(a, at+c.payloadOffset(name), part.of, picked.payload)
			}
		}
	}
}

// load reads a value as a host would.
func (c contract) load(m memory, at uint32, name string) any {
	kind, parts := c.resolve(name)
	switch kind {
	case "u8":
		return m.u8(at)
	case "u32":
		return m.u32(at)
	case "u64":
		return m.u64(at)
	case "string":
		return strings.Clone(m.text(m.u32(at), m.u32(at+4)))
	case "list":
		size, _ := c.layout(parts[0].of)
		elements := list{}
		for i := range m.u32(at + 4) {
			elements = append(elements, c.load(m, m.u32(at)+i*size, parts[0].of))
		}
		return elements
	case "record":
		loaded := fields{}
		c.record(at, parts, func(at uint32, field witField) { loaded[field.name] = c.load(m, at, field.of) })
		return loaded
	case "variant":
		part := parts[m.u8(at)]
		payload := c.load(m, at+c.payloadOffset(name), part.of)
		if strings.HasPrefix(name, "option<") {
			return payload
		}
		return chosen{part.name, payload}
	default:
		return nil
	}
}

// newArena returns an arena in a buffer that stands for the memory of a component.
func newArena(bytes int) *arena {
	buffer := make([]uint64, bytes/8)
	base := unsafe.Pointer(&buffer[0])
	a := &arena{memory: memory{base}, free: unsafe.Slice((*byte)(base), bytes)}
	a.alloc(16, 8) // Nothing is at address zero.
	return a
}
