package portcullis

import "unsafe"

// The sizes of records in memory, and the offsets of their fields. A test computes them from the contract.
const (
	sizeString      = 8 // and any list: an address and a number of elements
	sizeFile        = 16
	sizeAttribute   = 16
	sizeCertificate = 96
	sizeRequest     = 288

	atServer      = 8
	atClient      = 64
	atCredentials = 136
	atTLS         = 196
	atSentinel    = 232
	atUserNkey    = 272
	atAttributes  = 280
)

// liftSettings reads the arguments of configure. The result refers to the memory and does not copy it.
func (m memory) liftSettings(json, jsonBytes, data, files uint32) *Settings {
	return &Settings{
		json: m.text(json, jsonBytes),
		data: liftAll(m, data, files, sizeFile, func(m memory, file uint32) File {
			contents := m.text(m.u32(file+sizeString), m.u32(file+sizeString+4))
			return File{m.liftString(file), unsafe.Slice(unsafe.StringData(contents), len(contents))}
		}),
	}
}

// liftRequest reads the argument of decide. The result refers to the memory and does not copy it.
func (m memory) liftRequest(at uint32) *Request {
	request := &Request{
		ReceivedAt:  Timestamp(m.u64(at)),
		Server:      m.liftServer(at + atServer),
		Client:      m.liftClient(at + atClient),
		Credentials: m.liftCredentials(at + atCredentials),
		UserNkey:    m.liftString(at + atUserNkey),
		Attributes:  liftList(m, at+atAttributes, sizeAttribute, memory.liftAttribute),
	}
	if m.u8(at+atTLS) != 0 {
		request.TLS = m.liftTLS(at + atTLS + 4)
	}
	if m.u8(at+atSentinel) != 0 {
		request.Sentinel = m.liftSentinel(at + atSentinel + 4)
	}
	return request
}

func (m memory) liftServer(at uint32) Server {
	return Server{
		ID:      m.liftString(at),
		Name:    m.liftString(at + 8),
		Host:    m.liftString(at + 16),
		Version: m.liftString(at + 24),
		Cluster: m.liftOptional(at + 32),
		Tags:    m.liftStrings(at + 44),
	}
}

func (m memory) liftClient(at uint32) Client {
	client := Client{
		ID:           m.u64(at),
		Host:         m.liftString(at + 8),
		Name:         m.liftOptional(at + 20),
		Lang:         m.liftOptional(at + 32),
		Version:      m.liftOptional(at + 44),
		MQTTClientID: m.liftOptional(at + 56),
	}
	if m.u8(at+16) != 0 {
		client.Transport = Some(Transport(m.u8(at + 17)))
	}
	return client
}

func (m memory) liftCredentials(at uint32) Credentials {
	return Credentials{
		User:     m.liftOptional(at),
		Password: m.liftOptional(at + 12),
		Token:    m.liftOptional(at + 24),
		JWT:      m.liftOptional(at + 36),
		Nkey:     m.liftOptional(at + 48),
	}
}

func (m memory) liftTLS(at uint32) *TLS {
	return &TLS{
		Version:   m.liftString(at),
		Cipher:    m.liftString(at + 8),
		Verified:  liftList(m, at+16, sizeCertificate, memory.liftCertificate),
		Presented: liftList(m, at+24, sizeCertificate, memory.liftCertificate),
	}
}

func (m memory) liftCertificate(at uint32) Certificate {
	return Certificate{
		Subject:        m.liftString(at),
		Issuer:         m.liftString(at + 8),
		Serial:         m.liftString(at + 16),
		DNSNames:       m.liftStrings(at + 24),
		IPAddresses:    m.liftStrings(at + 32),
		Emails:         m.liftStrings(at + 40),
		URIs:           m.liftStrings(at + 48),
		NotBefore:      Timestamp(m.u64(at + 56)),
		NotAfter:       Timestamp(m.u64(at + 64)),
		Fingerprint:    m.liftString(at + 72),
		KeyFingerprint: m.liftString(at + 80),
		PEM:            m.liftString(at + 88),
	}
}

func (m memory) liftSentinel(at uint32) *Sentinel {
	return &Sentinel{
		User:    m.liftString(at),
		Account: m.liftString(at + 8),
		Name:    m.liftOptional(at + 16),
		Tags:    m.liftStrings(at + 28),
	}
}

func (m memory) liftAttribute(at uint32) Attribute {
	return Attribute{m.liftString(at), m.liftString(at + sizeString)}
}

func (m memory) liftOptional(at uint32) Optional[string] {
	if m.u8(at) == 0 {
		return Optional[string]{}
	}
	return Some(m.liftString(at + 4))
}

func (m memory) liftStrings(at uint32) []string {
	return liftList(m, at, sizeString, memory.liftString)
}

func (m memory) liftString(at uint32) string { return m.text(m.u32(at), m.u32(at+4)) }

func (m memory) text(address, bytes uint32) string {
	if bytes == 0 {
		return ""
	}
	return unsafe.String((*byte)(m.at(address)), bytes)
}

func liftList[T any](m memory, at, size uint32, lift func(memory, uint32) T) []T {
	return liftAll(m, m.u32(at), m.u32(at+4), size, lift)
}

func liftAll[T any](m memory, address, count, size uint32, lift func(memory, uint32) T) []T {
	if count == 0 {
		return nil
	}
	list := make([]T, count)
	for i := range list {
		list[i] = lift(m, address+uint32(i)*size)
	}
	return list
}
