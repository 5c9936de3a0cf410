package portcullis

import "unsafe"

// memory is where the host and the policy exchange values, in the layout of the canonical ABI of the component model:
// addresses of 32 bits, little-endian, fields as in a C struct. In WebAssembly its base is address zero; in tests it is
// a buffer.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
type memory struct{ base unsafe.Pointer }

func (m memory) at(address uint32) unsafe.Pointer { return unsafe.Add(m.base, address) }

func (m memory) address(place unsafe.Pointer) uint32 {
	return uint32(uintptr(place) - uintptr(m.base))
}

func (m memory) u8(address uint32) uint8             { return *(*uint8)(m.at(address)) }
func (m memory) u32(address uint32) uint32           { return *(*uint32)(m.at(address)) }
func (m memory) u64(address uint32) uint64           { return *(*uint64)(m.at(address)) }
func (m memory) putU8(address uint32, value uint8)   { *(*uint8)(m.at(address)) = value }
func (m memory) putU32(address uint32, value uint32) { *(*uint32)(m.at(address)) = value }
func (m memory) putU64(address uint32, value uint64) { *(*uint64)(m.at(address)) = value }

// chunkBytes is what an arena allocates at a time: enough for a request without certificates and its decision.
const chunkBytes = 4096

// arena allocates memory for one call: for the arguments from the host, and for the result. Values that are close
// together touch few pages. A new call gets new chunks, because a policy may keep strings of an earlier call.
type arena struct {
	memory
	chunks [][]byte // All of them, so that they are not collected.
	free   []byte   // The rest of the newest.
}

// alloc returns the address of zeroed memory. The alignment is a power of two, at most 8.
func (a *arena) alloc(size, align uint32) uint32 {
	if size == 0 {
		return align
	}
	padding := -a.address(unsafe.Pointer(unsafe.SliceData(a.free))) & (align - 1)
	if uint64(len(a.free)) < uint64(padding)+uint64(size) {
		return a.allocMore(size)
	}
	address := a.address(unsafe.Pointer(&a.free[padding]))
	a.free = a.free[padding+size:]
	return address
}

// allocMore allocates another chunk, which begins at a multiple of 8.
func (a *arena) allocMore(size uint32) uint32 {
	if size >= chunkBytes/2 {
		// The rest of the previous chunk stays in use.
		chunk := make([]byte, size)
		a.chunks = append(a.chunks, chunk)
		return a.address(unsafe.Pointer(&chunk[0]))
	}
	a.refill()
	address := a.address(unsafe.Pointer(&a.free[0]))
	a.free = a.free[size:]
	return address
}

func (a *arena) refill() {
	chunk := make([]byte, chunkBytes)
	a.chunks = append(a.chunks, chunk)
	a.free = chunk
}

// renew forgets all allocations. The memory is collected unless something still refers to it.
func (a *arena) renew() {
	clear(a.chunks)
	a.chunks = a.chunks[:0]
	a.refill()
}

// realloc is the function of the canonical ABI: it allocates memory, or moves a value into more memory.
func (a *arena) realloc(old, oldSize, align, size uint32) uint32 {
	address := a.alloc(size, align)
	if kept := min(oldSize, size); kept > 0 {
		copy(unsafe.Slice((*byte)(a.at(address)), kept), unsafe.Slice((*byte)(a.at(old)), kept))
	}
	return address
}
