// Package log writes lines for the operator's log: log.Infof("%d accounts", len(accounts)).
//
// The host adds the policy's name and version, and keeps the lines of a decision within limits. In native tests the lines
// go to standard error. Put no secrets into them; the host removes those of the request, but it cannot know the others.
package log

import "fmt"

// Level is how much a line matters to the operator, least first.
type Level uint8

// The levels of the contract.
const (
	// Debug is for the policy's author.
	Debug Level = iota
	// Info is worth knowing, nothing to do.
	Info
	// Warn is worth a look: the policy goes on, but something is not as it should be.
	Warn
	// Error is for a policy that cannot do its work, for this request or at all.
	Error
)

// String returns the name that the contract has for it.
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

// Infof writes a line that is worth knowing, with nothing to do.
func Infof(format string, values ...any) { Write(Info, fmt.Sprintf(format, values...)) }

// Warnf writes a line that is worth a look.
func Warnf(format string, values ...any) { Write(Warn, fmt.Sprintf(format, values...)) }

// Errorf writes a line of a policy that cannot do its work.
func Errorf(format string, values ...any) { Write(Error, fmt.Sprintf(format, values...)) }
