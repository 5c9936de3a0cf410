package portcullis

import "time"

// Request is one client that wants to connect.
//
// The host has verified where the request comes from, the nkey and the certificates. The user name, the password, the
// token and the JWT are only claimed by the client: the policy has to check them.
type Request struct {
	// ReceivedAt is when the host received the request. It is the policy's clock.
	ReceivedAt Timestamp
	// Server is the server that asks.
	Server Server
	// Client is the connection, and what it says about itself.
	Client Client
	// Credentials is what the client presented. User, Password and the other methods are shortcuts.
	Credentials Credentials
	// TLS is nil if the connection has no TLS, or if the server does not describe it.
	TLS *TLS
	// Sentinel is nil in configuration mode.
	Sentinel *Sentinel
	// UserNkey is the public nkey that the server made for this connection and this request.
	UserNkey string
	// Attributes are further facts, from hosts newer than this package.
	Attributes []Attribute
}

// User returns the user name.
func (r *Request) User() (name string, present bool) { return r.Credentials.User.Get() }

// Password returns the password. Compare it with [SameSecret].
func (r *Request) Password() (password string, present bool) { return r.Credentials.Password.Get() }

// Token returns the token. Compare it with [SameSecret].
func (r *Request) Token() (token string, present bool) { return r.Credentials.Token.Get() }

// JWT returns the JWT as sent, not verified. In operator mode it is the sentinel's; see [Request.Sentinel].
func (r *Request) JWT() (jwt string, present bool) { return r.Credentials.JWT.Get() }

// Nkey returns the public nkey. The client has proved that it holds the seed.
func (r *Request) Nkey() (nkey string, present bool) { return r.Credentials.Nkey.Get() }

// Certificate returns the client's own certificate, or nil if the server verified none.
func (r *Request) Certificate() *Certificate {
	if r.TLS == nil || len(r.TLS.Verified) == 0 {
		return nil
	}
	return &r.TLS.Verified[0]
}

// Attribute returns a further fact, from a host newer than this package.
func (r *Request) Attribute(name string) (value string, present bool) {
	for _, attribute := range r.Attributes {
		if attribute.Name == name {
			return attribute.Value, true
		}
	}
	return "", false
}

// Timestamp is in seconds since 1970-01-01T00:00:00Z, without leap seconds.
type Timestamp uint64

// Time returns it in UTC.
func (t Timestamp) Time() time.Time {
	const longest = 1<<62 - 1 // Package time cannot handle later times.
	return time.Unix(int64(min(t, longest)), 0).UTC()
}

// Optional is a value that may be absent. Its zero value is absent.
type Optional[T any] struct {
	value   T
	present bool
}

// Some returns a present value.
func Some[T any](value T) Optional[T] { return Optional[T]{value, true} }

// Get returns the value, and whether it is present.
func (o Optional[T]) Get() (value T, present bool) { return o.value, o.present }

// Or returns the value, or another one if it is absent.
func (o Optional[T]) Or(other T) T {
	if o.present {
		return o.value
	}
	return other
}

// Server is the nats-server that asks on behalf of the client.
type Server struct {
	// ID is the public nkey of the server process. It changes whenever the server starts.
	ID string
	// Name is its configured name; by default the same as ID.
	Name string
	// Host is the address that it listens on, as configured; often "0.0.0.0".
	Host string
	// Version is as the server writes it, for example "2.15.2".
	Version string
	// Cluster is the name of its cluster, if it is in one.
	Cluster Optional[string]
	// Tags are its configured tags.
	Tags []string
}

// Transport is how a client connects to the server.
type Transport uint8

// The transports of the contract.
const (
	// NATS is the NATS protocol over TCP or TLS.
	NATS Transport = iota
	// WebSocket is the NATS protocol over WebSocket.
	WebSocket
	// MQTT is MQTT, also over WebSocket.
	MQTT
	// Leafnode is a server that connects as a leafnode.
	Leafnode
)

// String returns the name in the contract.
func (t Transport) String() string {
	if names := [...]string{"nats", "websocket", "mqtt", "leafnode"}; int(t) < len(names) {
		return names[t]
	}
	return "unknown"
}

// Client is the connection that wants to be admitted. The client chooses Name, Lang, Version and MQTTClientID.
type Client struct {
	// ID is the number of the connection, unique within its server process.
	ID uint64
	// Host is the address of the peer, without the port.
	Host string
	// Transport is absent if the server names no transport that this contract knows.
	Transport Optional[Transport]
	// Name is the name that the client gave itself.
	Name Optional[string]
	// Lang is the client library, as the client claims it, for example "go".
	Lang Optional[string]
	// Version is the version of the library, as the client claims it.
	Version Optional[string]
	// MQTTClientID is MQTT's client identifier.
	MQTTClientID Optional[string]
}

// Credentials is what the client presented. Only Nkey is verified.
type Credentials struct {
	User     Optional[string]
	Password Optional[string] // in the clear
	Token    Optional[string] // in the clear
	JWT      Optional[string] // as sent, not verified
	Nkey     Optional[string] // the client has proved that it holds the seed
}

// String leaves out what must not be logged.
func (c Credentials) String() string {
	return "user " + c.User.Or("(none)") + ", nkey " + c.Nkey.Or("(none)")
}

// GoString leaves out the same as String.
func (c Credentials) GoString() string { return c.String() }

// Certificate is one X.509 certificate, parsed by the host.
type Certificate struct {
	// Subject is the distinguished name of the subject, in the form of RFC 4514: "CN=billing,O=Example".
	Subject string
	// Issuer is the distinguished name of the issuer, in the same form.
	Issuer string
	// Serial is hexadecimal, lower case.
	Serial string
	// DNSNames are as written in the certificate: wildcards are not expanded.
	DNSNames []string
	// IPAddresses are in their usual text form.
	IPAddresses []string
	// Emails are e-mail addresses.
	Emails []string
	// URIs are, for example, SPIFFE identities.
	URIs []string
	// NotBefore is the first second in which it is valid.
	NotBefore Timestamp
	// NotAfter is the last second in which it is valid.
	NotAfter Timestamp
	// Fingerprint is the SHA-256 of the DER form; hexadecimal, lower case.
	Fingerprint string
	// KeyFingerprint is the SHA-256 of the public key alone (its SubjectPublicKeyInfo); hexadecimal, lower case.
	KeyFingerprint string
	// PEM is the certificate itself.
	PEM string
}

// TLS is the TLS session between client and server.
type TLS struct {
	// Version is, for example, "1.3".
	Version string
	// Cipher is the name of the cipher suite, as the server writes it.
	Cipher string
	// Verified is the chain that the server verified, leaf first; empty if it verified none.
	Verified []Certificate
	// Presented is what the client sent, verified or not.
	Presented []Certificate
}

// Sentinel is, in operator mode, the user JWT that lets the client reach the callout, as nats-server verified it.
type Sentinel struct {
	// User is the public nkey of the sentinel user.
	User string
	// Account is the public nkey of the account of the sentinel user.
	Account string
	// Name is the name in its JWT.
	Name Optional[string]
	// Tags are the tags in its JWT.
	Tags []string
}

// Attribute is a fact by name.
type Attribute struct{ Name, Value string }
