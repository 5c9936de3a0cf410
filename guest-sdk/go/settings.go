package portcullis

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Settings is what the operator configured for the policy: a table of settings, and data files.
type Settings struct {
	json string
	data []File
}

// File is a data file.
type File struct {
	// Name is the name that the operator chose, by default the file's own name; in a directory it is the relative path
	// with slashes.
	Name string
	// Contents are the contents when the policy was configured.
	Contents []byte
}

// NewSettings makes settings from a table, as a JSON object, and data files ordered by name. Policies receive theirs
// from the host.
func NewSettings(json string, data ...File) *Settings { return &Settings{json, data} }

// JSON decodes the settings table of the policy into the value that v points to; an empty table if there is none. It
// follows the rules of [Settings.DataJSON]. Its error names the setting at fault: "settings: closes: expected a string,
// found a number".
func (s *Settings) JSON(v any) error {
	if err := decodeJSON([]byte(s.json), v); err != nil {
		return fmt.Errorf("settings: %s", err.text)
	}
	return nil
}

// Raw returns the JSON text of the settings table.
func (s *Settings) Raw() string { return s.json }

// DataJSON decodes a data file into the value that v points to, as encoding/json does, but more strictly: a name must
// not be repeated in an object, names must match those of the Go type exactly, and null is not accepted.
//
// Its error names the line and the entry at fault: "users.json, line 3: bob.account: expected a string, found a
// number". It does not show the values, because they may be secrets; errors of types that decode themselves are passed
// on.
func (s *Settings) DataJSON(name string, v any) error {
	contents, err := s.Data(name)
	if err != nil {
		return err
	}
	if err := decodeJSON(contents, v); err != nil {
		return fmt.Errorf("%s, line %d: %s", name, err.line, err.text)
	}
	return nil
}

// DataText returns a data file that contains UTF-8 text. Its error says that the file is missing, or where it is not
// UTF-8.
func (s *Settings) DataText(name string) (string, error) {
	contents, err := s.Data(name)
	if err != nil {
		return "", err
	}
	for i := 0; i < len(contents); {
		letter, size := utf8.DecodeRune(contents[i:])
		if letter == utf8.RuneError && size == 1 {
			return "", fmt.Errorf("%s: not UTF-8 after byte %d", name, i)
		}
		i += size
	}
	return string(contents), nil
}

// Data returns the bytes of a data file. Its error says that the file is missing, how to pass it, and which files there
// are.
func (s *Settings) Data(name string) ([]byte, error) {
	for _, file := range s.data {
		if file.Name == name {
			return file.Contents, nil
		}
	}
	given := "none"
	if names := s.DataNames(); len(names) > 0 {
		given = strings.Join(names, ", ")
	}
	return nil, errors.New(name + ": the policy needs this data file: give it with --data " + name + ", or --data " +
		name + "=FILE if it has another name (given: " + given + ")")
}

// DataNames returns the names of all data files, in order.
func (s *Settings) DataNames() []string {
	names := make([]string, len(s.data))
	for i, file := range s.data {
		names[i] = file.Name
	}
	return names
}
