package portcullis

import (
	"fmt"
	"math"
	"time"
)

// Decision says what happens to a client. Its zero value admits no client.
type Decision struct {
	outcome outcome
	text    string
	grant   *Grant
}

// outcome has the order of the contract.
type outcome uint8

const (
	deny outcome = iota
	ignore
	pass
	allow
)

// Allow admits the client with this grant.
func Allow(grant *Grant) Decision {
	if grant == nil {
		return Deny("allowed without a grant")
	}
	return Decision{outcome: allow, grant: grant}
}

// Deny denies the client at once. The cause is a short, fixed text ("wrong password"). The operator reads it and the
// host counts by it; the client never sees it.
func Deny(cause string) Decision { return Decision{outcome: deny, text: cause} }

// Ignore denies the client without an answer until the server's timeout, which slows down guessing. The cause is as in
// [Deny].
func Ignore(cause string) Decision { return Decision{outcome: ignore, text: cause} }

// Pass leaves the decision to the next policy of the chain. At the end of the chain the client is denied.
func Pass() Decision { return Decision{outcome: pass} }

// Grant returns the grant of a decision that allows, and nil for all others.
func (d Decision) Grant() *Grant { return d.grant }

// String is for the policy's author.
func (d Decision) String() string {
	switch d.outcome {
	case allow:
		return "allow " + d.grant.String()
	case pass:
		return "pass"
	case ignore:
		return fmt.Sprintf("ignore %q", d.text)
	default:
		return fmt.Sprintf("deny %q", d.text)
	}
}

// Grant is permission to connect. Start with [Account], [AccountDefaults] or [Role]; the methods add to it:
//
//	portcullis.Account("APP").
//		Publish("orders.new").
//		Subscribe("orders.>", "_INBOX.>").
//		DenySubscribe("orders.internal.>").
//		ExpiresIn(time.Hour)
//
// Make a new one in each decision: a shared grant would grow.
type Grant struct {
	account        string
	access         access
	role           string
	permissions    permissions
	name           Optional[string]
	expiresIn      Optional[uint32]
	transports     []Transport
	sourceNetworks []string
	tags           []string
	options        []Attribute
}

// access has the order of the contract.
type access uint8

const (
	only access = iota
	role
	accountDefaults
)

type permissions struct {
	abilities          []string
	publish, subscribe subjectRules
	responses          Optional[responseRule]
	inbox              Optional[string]
	jetstreamAPI       Optional[string]
}

type subjectRules struct{ allow, deny []string }

type responseRule struct {
	maxMessages uint32
	expiresInMs uint64
}

// Account starts a grant for this account, with only the permissions that are added to it. Without any, the client can
// connect and do nothing else.
func Account(account string) *Grant { return &Grant{account: account} }

// AccountDefaults starts a grant for this account without rules of its own: everything in the account. nats-server
// applies no default_permissions to clients of the callout. The operator can forbid it.
func AccountDefaults(account string) *Grant {
	return &Grant{account: account, access: accountDefaults}
}

// Role starts a grant for this account with the permissions of one of its scoped signing keys, by the name that the
// operator gave it. Operator mode only.
func Role(account, name string) *Grant {
	return &Grant{account: account, access: role, role: name}
}

// only returns the permissions of the grant. The first permission on a grant of AccountDefaults or of a Role replaces
// those: from then on the client has only what is added.
func (g *Grant) only() *permissions {
	g.access, g.role = only, ""
	return &g.permissions
}

// Can adds abilities, one sentence each: "kv read settings site.>". The host turns them into the subjects that they
// need. If there is one that it does not understand, it denies the client; check with [CheckAbility] before. Like all
// permissions, the first one on a grant of AccountDefaults or of a Role replaces those.
func (g *Grant) Can(sentences ...string) *Grant {
	p := g.only()
	p.abilities = append(p.abilities, sentences...)
	return g
}

// Publish adds permission to publish to these subjects, wildcards included.
func (g *Grant) Publish(subjects ...string) *Grant {
	p := g.only()
	p.publish.allow = append(p.publish.allow, subjects...)
	return g
}

// DenyPublish forbids publishing to these subjects, whatever else allows it.
func (g *Grant) DenyPublish(subjects ...string) *Grant {
	p := g.only()
	p.publish.deny = append(p.publish.deny, subjects...)
	return g
}

// Subscribe adds permission to subscribe to these subjects, wildcards included.
func (g *Grant) Subscribe(subjects ...string) *Grant {
	p := g.only()
	p.subscribe.allow = append(p.subscribe.allow, subjects...)
	return g
}

// DenySubscribe forbids subscribing to these subjects, whatever else allows it.
func (g *Grant) DenySubscribe(subjects ...string) *Grant {
	p := g.only()
	p.subscribe.deny = append(p.subscribe.deny, subjects...)
	return g
}

// AllowResponses adds permission to reply to messages that the client received: the number of replies to each, and for
// how long (a fraction of a millisecond counts as one). Zero is the server's own default (one reply, two minutes);
// math.MaxUint32 and a negative duration mean no limit.
func (g *Grant) AllowResponses(maxMessages uint32, within time.Duration) *Grant {
	milliseconds := uint64(math.MaxUint64)
	if within >= 0 {
		milliseconds = (uint64(within) + uint64(time.Millisecond) - 1) / uint64(time.Millisecond)
	}
	return g.AllowResponsesMilliseconds(maxMessages, milliseconds)
}

// AllowResponsesMilliseconds is AllowResponses in the numbers of the contract, where math.MaxUint64 means no limit: a
// time.Duration ends after 292 years.
func (g *Grant) AllowResponsesMilliseconds(maxMessages uint32, milliseconds uint64) *Grant {
	g.only().responses = Some(responseRule{maxMessages, milliseconds})
	return g
}

// Inbox sets the prefix of the client's inbox, instead of _INBOX, for the abilities that receive replies. With a prefix
// of its own, no other client can read its replies. The client has to use the same prefix.
func (g *Grant) Inbox(prefix string) *Grant {
	g.only().inbox = Some(prefix)
	return g
}

// JetStreamAPI sets the prefix of the JetStream API, instead of $JS.API, for the abilities of streams and buckets. With
// a domain it is $JS.<domain>.API.
func (g *Grant) JetStreamAPI(prefix string) *Grant {
	g.only().jetstreamAPI = Some(prefix)
	return g
}

// Name sets the name by which the server shows the connection.
func (g *Grant) Name(name string) *Grant {
	g.name = Some(name)
	return g
}

// ExpiresIn sets when the server ends the connection, in whole seconds: a fraction is cut off, and less than one second
// admits no client. The operator sets the default and the maximum.
func (g *Grant) ExpiresIn(lifetime time.Duration) *Grant {
	seconds := min(max(lifetime/time.Second, 0), math.MaxUint32)
	g.expiresIn = Some(uint32(seconds))
	return g
}

// Transports adds transports for which the grant is valid, instead of the one that the client uses.
func (g *Grant) Transports(transports ...Transport) *Grant {
	g.transports = append(g.transports, transports...)
	return g
}

// SourceNetworks adds CIDR blocks for which the grant is valid, instead of any address.
func (g *Grant) SourceNetworks(networks ...string) *Grant {
	g.sourceNetworks = append(g.sourceNetworks, networks...)
	return g
}

// Tags adds tags for the operator.
func (g *Grant) Tags(tags ...string) *Grant {
	g.tags = append(g.tags, tags...)
	return g
}

// Option adds an option that only newer hosts know. A host that does not know the name denies the client.
func (g *Grant) Option(name, value string) *Grant {
	g.options = append(g.options, Attribute{name, value})
	return g
}
