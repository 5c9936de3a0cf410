//go:build !wasip1

package log

import (
	"fmt"
	"os"
)

// In native tests, standard error stands for the operator's log.
func write(level Level, line string) { fmt.Fprintf(os.Stderr, "%v: %s\n", level, line) }
