//go:build wasip1

package log

//go:wasmimport portcullis:policy/log@0.1.0 write
func hostWrite(level uint32, line string)

func write(level Level, line string) { hostWrite(uint32(level), line) }
