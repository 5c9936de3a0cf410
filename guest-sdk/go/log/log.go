// Package log writes lines for the operator's log: log.Infof("%d accounts", len(accounts)).
//
// The host adds the policy's name and version, and limits the lines of a decision. In native tests the lines go to
// standard error. Do not write secrets: the host removes those of the request, but it does not know others.
package log

import "fmt"

// Level says how important a line is to the operator, the least important first.
type Level uint8

// The levels of the contract.
const (
	// Debug is for the policy's author.
	Debug Level = iota
	// Info is useful to know; the operator has nothing to do.
	Info
	// Warn needs attention: something is wrong, but the policy continues.
	Warn
	// Error is for a policy that cannot do its work, for this request or for any.
	Error
)

// String returns the name in the contract.
func (l Level) String() string {
	if names := [...]string{"debug", "info", "warn", "error"}; int(l) < len(names) {
		return names[l]
	}
	return "unknown"
}

// Write writes one line.
func Write(level Level, line string) { write(min(level, Error), line) }

// Debugf writes a line for the policy's author.
func Debugf(format string, values ...any) { Write(Debug, fmt.Sprintf(format, values...)) }

// Infof writes a line that is useful to know.
func Infof(format string, values ...any) { Write(Info, fmt.Sprintf(format, values...)) }

// Warnf writes a line that needs attention.
func Warnf(format string, values ...any) { Write(Warn, fmt.Sprintf(format, values...)) }

// Errorf writes a line for a policy that cannot do its work.
func Errorf(format string, values ...any) { Write(Error, fmt.Sprintf(format, values...)) }
