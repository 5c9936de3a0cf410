// Package portcullistest makes requests and settings for a policy's own tests.
//
//	policy, err := configure(portcullistest.Settings().Data("users.json", users).Build())
//	decision := policy.Decide(portcullistest.Request().User("alice").Password("secret").Build())
//	portcullistest.Expect(t, decision, portcullis.Deny("wrong password"))
package portcullistest

import (
	"math"
	"strings"

	"portcullis"
)

// RequestBuilder makes a request step by step.
type RequestBuilder struct{ request portcullis.Request }

// Request starts a request of a client that presents nothing: over the NATS protocol, from 127.0.0.1, without TLS, on
// 2026-01-01 at 00:00 UTC, a Thursday.
func Request() *RequestBuilder {
	return &RequestBuilder{portcullis.Request{
		ReceivedAt: 1_767_225_600,
		Server: portcullis.Server{
			ID:      "NAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP",
			Name:    "nats-1",
			Host:    "0.0.0.0",
			Version: "2.15.2",
		},
		Client: portcullis.Client{
			ID:        1,
			Host:      "127.0.0.1",
			Transport: portcullis.Some(portcullis.NATS),
		},
		UserNkey: "UAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP",
	}}
}

// Build returns the request.
func (b *RequestBuilder) Build() *portcullis.Request {
	request := b.request
	return &request
}

// User sets the user name that the client presents.
func (b *RequestBuilder) User(name string) *RequestBuilder {
	b.request.Credentials.User = portcullis.Some(name)
	return b
}

// Password sets the password that the client presents.
func (b *RequestBuilder) Password(password string) *RequestBuilder {
	b.request.Credentials.Password = portcullis.Some(password)
	return b
}

// Token sets the token that the client presents.
func (b *RequestBuilder) Token(token string) *RequestBuilder {
	b.request.Credentials.Token = portcullis.Some(token)
	return b
}

// JWT sets the JWT that the client presents.
func (b *RequestBuilder) JWT(jwt string) *RequestBuilder {
	b.request.Credentials.JWT = portcullis.Some(jwt)
	return b
}

// Nkey sets the public nkey whose seed the client has proved to hold.
func (b *RequestBuilder) Nkey(nkey string) *RequestBuilder {
	b.request.Credentials.Nkey = portcullis.Some(nkey)
	return b
}

// Certificate makes the client use TLS and present this certificate, which the server verified.
func (b *RequestBuilder) Certificate(certificate portcullis.Certificate) *RequestBuilder {
	b.request.TLS = &portcullis.TLS{
		Version:   "1.3",
		Cipher:    "TLS_AES_128_GCM_SHA256",
		Verified:  []portcullis.Certificate{certificate},
		Presented: []portcullis.Certificate{certificate},
	}
	return b
}

// Sentinel sets the sentinel of operator mode that the client used.
func (b *RequestBuilder) Sentinel(sentinel portcullis.Sentinel) *RequestBuilder {
	b.request.Sentinel = &sentinel
	return b
}

// ClientName sets the name that the client gives itself.
func (b *RequestBuilder) ClientName(name string) *RequestBuilder {
	b.request.Client.Name = portcullis.Some(name)
	return b
}

// Host sets the address of the client.
func (b *RequestBuilder) Host(host string) *RequestBuilder {
	b.request.Client.Host = host
	return b
}

// Transport sets the transport that the client uses.
func (b *RequestBuilder) Transport(transport portcullis.Transport) *RequestBuilder {
	b.request.Client.Transport = portcullis.Some(transport)
	return b
}

// ReceivedAt sets when the host received the request, in seconds since 1970-01-01T00:00:00Z.
func (b *RequestBuilder) ReceivedAt(seconds uint64) *RequestBuilder {
	b.request.ReceivedAt = portcullis.Timestamp(seconds)
	return b
}

// Attribute adds a further fact that the host knows.
func (b *RequestBuilder) Attribute(name, value string) *RequestBuilder {
	b.request.Attributes = append(b.request.Attributes, portcullis.Attribute{Name: name, Value: value})
	return b
}

// Certificate returns a certificate with a name and otherwise empty. Set what matters.
func Certificate() portcullis.Certificate {
	return portcullis.Certificate{
		Subject:        "CN=client",
		Issuer:         "CN=authority",
		Serial:         "01",
		NotAfter:       math.MaxUint64,
		Fingerprint:    strings.Repeat("00", 32),
		KeyFingerprint: strings.Repeat("00", 32),
	}
}

// SettingsBuilder makes settings step by step.
type SettingsBuilder struct {
	json string
	data []portcullis.File
}

// Settings starts settings without a table and without data.
func Settings() *SettingsBuilder { return &SettingsBuilder{json: "{}"} }

// JSON sets the settings table.
func (b *SettingsBuilder) JSON(json string) *SettingsBuilder {
	b.json = json
	return b
}

// Data adds a data file.
func (b *SettingsBuilder) Data(name, contents string) *SettingsBuilder {
	b.data = append(b.data, portcullis.File{Name: name, Contents: []byte(contents)})
	return b
}

// Build returns the settings.
func (b *SettingsBuilder) Build() *portcullis.Settings {
	return portcullis.NewSettings(b.json, b.data...)
}
