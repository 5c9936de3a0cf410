package main

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
)

// Reads what the server sends together with the library, because the library reports errors in a separate goroutine,
// for which nothing can wait. Only for connections without TLS.
type wire struct {
	mutex      sync.Mutex
	line       []byte
	payload    int
	violations []string
}

func (w *wire) read(bytesRead []byte) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for len(bytesRead) > 0 {
		if w.payload > 0 {
			skipped := min(w.payload, len(bytesRead))
			w.payload -= skipped
			bytesRead = bytesRead[skipped:]
			continue
		}
		end := bytes.IndexByte(bytesRead, '\n')
		if end < 0 {
			w.line = append(w.line, bytesRead...)
			return
		}
		w.line = append(w.line, bytesRead[:end]...)
		bytesRead = bytesRead[end+1:]
		w.complete(strings.TrimSpace(string(w.line)))
		w.line = w.line[:0]
	}
}

// The line of a message ends with the size of its payload; the payload and its line end follow.
func (w *wire) complete(line string) {
	if text, isError := strings.CutPrefix(line, "-ERR "); isError {
		w.violations = append(w.violations, strings.Trim(text, "'"))
	}
	if strings.HasPrefix(line, "MSG ") || strings.HasPrefix(line, "HMSG ") {
		size, err := strconv.Atoi(line[strings.LastIndexByte(line, ' ')+1:])
		if err == nil {
			w.payload = size + len("\r\n")
		}
	}
}

func (w *wire) note(text string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.violations = append(w.violations, text)
}

func (w *wire) takeViolations() []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	taken := w.violations
	w.violations = nil
	if taken == nil {
		return []string{}
	}
	return taken
}
