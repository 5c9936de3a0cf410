package portcullis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// String is for the policy's author: the contents of the grant, in the order of the contract.
func (g *Grant) String() string {
	said := []string{fmt.Sprintf("account %q", g.account)}
	say := func(name string, value any) { said = append(said, fmt.Sprintf("%s %q", name, value)) }
	switch g.access {
	case role:
		say("role", g.role)
	case accountDefaults:
		said = append(said, "account-defaults")
	}
	p := &g.permissions
	for _, listed := range []struct {
		name  string
		texts []string
	}{
		{"can", p.abilities},
		{"publish", p.publish.allow}, {"deny-publish", p.publish.deny},
		{"subscribe", p.subscribe.allow}, {"deny-subscribe", p.subscribe.deny},
		{"source-networks", g.sourceNetworks}, {"tags", g.tags},
	} {
		if len(listed.texts) > 0 {
			say(listed.name, listed.texts)
		}
	}
	for _, single := range []struct {
		name string
		text Optional[string]
	}{{"inbox", p.inbox}, {"jetstream-api", p.jetstreamAPI}, {"name", g.name}} {
		if single.text.present {
			say(single.name, single.text.value)
		}
	}
	if rule, present := p.responses.Get(); present {
		said = append(said, fmt.Sprintf("responses %d in %d ms", rule.maxMessages, rule.expiresInMs))
	}
	if seconds, present := g.expiresIn.Get(); present {
		said = append(said, fmt.Sprintf("expires-in %d s", seconds))
	}
	for _, transport := range g.transports {
		said = append(said, "transport "+transport.String())
	}
	for _, option := range g.options {
		say("option "+option.Name, option.Value)
	}
	return strings.Join(said, ", ")
}

// Check checks that the host would understand the grant: known abilities with valid names, valid subjects, an account,
// and a lifetime. It does not check the operator's bounds, which a policy does not know.
func (g *Grant) Check() error {
	if g.account == "" {
		return errors.New("the account has no name")
	}
	if seconds, present := g.expiresIn.Get(); present && seconds == 0 {
		return errors.New("a lifetime of less than one second admits no client")
	}
	p := &g.permissions
	for _, sentence := range p.abilities {
		if err := CheckAbility(sentence); err != nil {
			return err
		}
	}
	for _, subject := range slices.Concat(p.publish.allow, p.publish.deny) {
		if err := CheckSubject(subject); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
	for _, entry := range slices.Concat(p.subscribe.allow, p.subscribe.deny) {
		if err := CheckSubscription(entry); err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
	}
	for name, prefix := range map[string]Optional[string]{"inbox": p.inbox, "JetStream API": p.jetstreamAPI} {
		if err := checkPrefix(prefix); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if strings.HasPrefix(p.inbox.Or(""), "$") {
		return fmt.Errorf("inbox: %q begins with $, which is reserved for the server", p.inbox.value)
	}
	return nil
}

// checkPrefix checks a subject to which the host adds tokens.
func checkPrefix(prefix Optional[string]) error {
	subject, present := prefix.Get()
	if !present {
		return nil
	}
	if strings.ContainsAny(subject, "*>") {
		return fmt.Errorf("%q has a wildcard; a prefix cannot have one", subject)
	}
	if fault := nameFault("publish SUBJECT", "SUBJECT", subject); fault != "" {
		return fmt.Errorf("%q %s", subject, fault)
	}
	return nil
}
