package portcullis

import (
	"fmt"
	"math"
	"time"
)

// Decision is what becomes of a client. Its zero value admits nobody.
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

// Allow lets the client in, with this grant and no more.
func Allow(grant *Grant) Decision {
	if grant == nil {
		return Deny("allowed without a grant")
	}
	return Decision{outcome: allow, grant: grant}
}

// Deny keeps the client out, at once. The cause is a short, fixed text ("wrong password"): the operator reads it and the
// host counts by it, the client never sees it.
func Deny(cause string) Decision { return Decision{outcome: deny, text: cause} }

// Ignore keeps the client out and lets it hear nothing until the server's timeout, which slows down guessing. The cause
// as in [Deny].
func Ignore(cause string) Decision { return Decision{outcome: ignore, text: cause} }

// Pass leaves it to the next policy of the chain. The end of the chain is a denial.
func Pass() Decision { return Decision{outcome: pass} }

// Grant returns the grant of a decision that allows, and nil of any other.
func (d Decision) Grant() *Grant { return d.grant }

// String is for the eyes of a policy's author.
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

// Grant is leave to connect. It begins with [Account], [AccountDefaults] or [Role], and its methods add to it:
//
//	portcullis.Account("APP").
//		Publish("orders.new").
//		Subscribe("orders.>", "_INBOX.>").
//		DenySubscribe("orders.internal.>").
//		ExpiresIn(time.Hour)
//
// Make one in each decision: a grant that decisions share would grow.
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

// Account begins a grant into this account, with the permissions that follow and no others. Without any, the client can
// connect and do nothing.
func Account(account string) *Grant { return &Grant{account: account} }

// AccountDefaults begins a grant into this account with the account's default permissions; where it has none, with
// everything in the account.
func AccountDefaults(account string) *Grant {
	return &Grant{account: account, access: accountDefaults}
}

// Role begins a grant into this account with the permissions of one of its scoped signing keys, by the name that the
// operator gave it. Operator mode only.
func Role(account, name string) *Grant {
	return &Grant{account: account, access: role, role: name}
}

// only is where permissions are named. The first one on a grant of AccountDefaults or of a Role replaces those: from then
// on the client has what is named, and nothing else.
func (g *Grant) only() *permissions {
	g.access, g.role = only, ""
	return &g.permissions
}

// Can adds abilities, a sentence each: "kv read settings site.>". The host turns them into the subjects that they need,
// and denies the client if there is one that it does not understand; [CheckAbility] tells before. As with all
// permissions, the first one on a grant of AccountDefaults or of a Role replaces those.
func (g *Grant) Can(sentences ...string) *Grant {
	p := g.only()
	p.abilities = append(p.abilities, sentences...)
	return g
}

// Publish adds leave to publish to these subjects, wildcards included.
func (g *Grant) Publish(subjects ...string) *Grant {
	p := g.only()
	p.publish.allow = append(p.publish.allow, subjects...)
	return g
}

// DenyPublish takes the leave to publish to these subjects, whatever else allows them.
func (g *Grant) DenyPublish(subjects ...string) *Grant {
	p := g.only()
	p.publish.deny = append(p.publish.deny, subjects...)
	return g
}

// Subscribe adds leave to subscribe to these subjects, wildcards included.
func (g *Grant) Subscribe(subjects ...string) *Grant {
	p := g.only()
	p.subscribe.allow = append(p.subscribe.allow, subjects...)
	return g
}

// DenySubscribe takes the leave to subscribe to these subjects, whatever else allows them.
func (g *Grant) DenySubscribe(subjects ...string) *Grant {
	p := g.only()
	p.subscribe.deny = append(p.subscribe.deny, subjects...)
	return g
}

// AllowResponses adds leave to answer messages that the client received: so many replies to each, for so long, of which
// a fraction of a millisecond counts as one. Zero is the server's own default (one reply, two minutes); math.MaxUint32
// and a negative duration are no limit.
func (g *Grant) AllowResponses(maxMessages uint32, within time.Duration) *Grant {
	milliseconds := uint64(math.MaxUint64)
	if within >= 0 {
		milliseconds = (uint64(within) + uint64(time.Millisecond) - 1) / uint64(time.Millisecond)
	}
	return g.AllowResponsesMilliseconds(maxMessages, milliseconds)
}

// AllowResponsesMilliseconds is AllowResponses in the contract's own numbers, of which math.MaxUint64 is no limit: a
// time.Duration ends after 292 years.
func (g *Grant) AllowResponsesMilliseconds(maxMessages uint32, milliseconds uint64) *Grant {
	g.only().responses = Some(responseRule{maxMessages, milliseconds})
	return g
}

// Inbox sets the prefix of the client's inbox, instead of _INBOX, for the abilities that receive replies. A prefix of
// one's own keeps replies from others' eyes; the client has to be told the same prefix.
func (g *Grant) Inbox(prefix string) *Grant {
	g.only().inbox = Some(prefix)
	return g
}

// JetStreamAPI sets the prefix of the JetStream API, instead of $JS.API, for the abilities of streams and buckets; with
// a domain, $JS.<domain>.API.
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
// admits nobody. The default, and the most that the host accepts, are the operator's.
func (g *Grant) ExpiresIn(lifetime time.Duration) *Grant {
	seconds := min(max(lifetime/time.Second, 0), math.MaxUint32)
	g.expiresIn = Some(uint32(seconds))
	return g
}

// Transports adds transports over which the grant holds, instead of whichever the client uses.
func (g *Grant) Transports(transports ...Transport) *Grant {
	g.transports = append(g.transports, transports...)
	return g
}

// SourceNetworks adds CIDR blocks from which the grant holds, instead of wherever the client is.
func (g *Grant) SourceNetworks(networks ...string) *Grant {
	g.sourceNetworks = append(g.sourceNetworks, networks...)
	return g
}

// Tags adds tags for the operator's eyes.
func (g *Grant) Tags(tags ...string) *Grant {
	g.tags = append(g.tags, tags...)
	return g
}

// Option adds something that only newer hosts know. A host that does not know the name denies the client.
func (g *Grant) Option(name, value string) *Grant {
	g.options = append(g.options, Attribute{name, value})
	return g
}
