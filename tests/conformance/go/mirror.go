package main

import (
	"strconv"
	"strings"
	"time"

	"portcullis"
)

// mirror builds the decision that the attributes of the request describe, in their order.
func mirror(attributes []portcullis.Attribute) portcullis.Decision {
	single := map[string]string{}
	for _, attribute := range attributes {
		single[attribute.Name] = attribute.Value
	}
	switch single["decision"] {
	case "deny":
		return portcullis.Deny(single["text"])
	case "ignore":
		return portcullis.Ignore(single["text"])
	case "pass":
		return portcullis.Pass()
	}
	var grant *portcullis.Grant
	switch single["access"] {
	case "role":
		grant = portcullis.Role(single["account"], single["role"])
	case "account-defaults":
		grant = portcullis.AccountDefaults(single["account"])
	default:
		grant = portcullis.Account(single["account"])
	}
	for _, attribute := range attributes {
		add(grant, attribute.Name, attribute.Value)
	}
	addResponses(grant, single)
	return portcullis.Allow(grant)
}

func add(grant *portcullis.Grant, name, value string) {
	switch name {
	case "ability":
		grant.Can(value)
	case "publish.allow":
		grant.Publish(value)
	case "publish.deny":
		grant.DenyPublish(value)
	case "subscribe.allow":
		grant.Subscribe(value)
	case "subscribe.deny":
		grant.DenySubscribe(value)
	case "transport":
		for transport := portcullis.NATS; transport <= portcullis.Leafnode; transport++ {
			if transport.String() == value {
				grant.Transports(transport)
			}
		}
	case "source-network":
		grant.SourceNetworks(value)
	case "tag":
		grant.Tags(value)
	case "option":
		key, value, _ := strings.Cut(value, "=")
		grant.Option(key, value)
	case "inbox":
		grant.Inbox(value)
	case "jetstream-api":
		grant.JetStreamAPI(value)
	case "name":
		grant.Name(value)
	case "expires-in":
		grant.ExpiresIn(time.Duration(number(value)) * time.Second)
	}
}

func addResponses(grant *portcullis.Grant, single map[string]string) {
	most, counted := single["responses.max-messages"]
	within, timed := single["responses.expires-in-ms"]
	if !counted && !timed {
		return
	}
	grant.AllowResponsesMilliseconds(uint32(number(most)), number(within))
}

// number returns zero for an invalid number.
func number(text string) uint64 {
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return value
}
