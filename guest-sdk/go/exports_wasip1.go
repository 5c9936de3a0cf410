//go:build wasip1

package portcullis

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"portcullis/log"
)

// A module without a policy of its own fails when it is configured, and not here, because init functions run in the
// order of imports.
var (
	exchange arena
	answered = true // The last memory was allocated for a call that has returned.
)

// collectPercent is Go's own default.
const collectPercent = 100

// While the host passes arguments and reads results, a component must not call imports. A garbage collection would,
// because it reads the clock. So collections run only in the bodies of configure and decide.
func init() { debug.SetGCPercent(-1) }

//go:wasmexport cabi_realloc
func exportRealloc(old, oldSize, align, size uint32) uint32 {
	if answered {
		exchange.renew()
		answered = false
	}
	return exchange.realloc(old, oldSize, align, size)
}

//go:wasmexport portcullis:policy/authorizer@0.1.0#configure
func exportConfigure(json, jsonBytes, data, files uint32) uint32 {
	debug.SetGCPercent(collectPercent)
	defer explainPanic()
	fault := component.prepare(exchange.liftSettings(json, jsonBytes, data, files))
	// Every decision starts from this point: without garbage, and with memory that is not collected.
	exchange.renew()
	runtime.GC()
	debug.SetGCPercent(-1)
	return exchange.lowerConfigured(fault)
}

//go:wasmexport portcullis:policy/authorizer@0.1.0#decide
func exportDecide(request uint32) uint32 {
	debug.SetGCPercent(collectPercent)
	defer explainPanic()
	decision := component.decide(exchange.liftRequest(request))
	// Waits until a collection in progress has ended.
	debug.SetGCPercent(-1)
	answered = true
	return exchange.lowerDecision(decision)
}

// explainPanic writes one line that says why the policy is about to trap; Go itself would write a page.
func explainPanic() {
	reason := recover()
	if reason == nil {
		return
	}
	log.Write(log.Error, fmt.Sprint("panic: ", reason, panicPlace()))
	os.Exit(2)
}

// panicPlace returns the innermost place outside of Go's runtime and this package.
func panicPlace() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		if !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "portcullis.") {
			return ", at " + frame.File + ":" + strconv.Itoa(frame.Line)
		}
	}
	return ""
}
