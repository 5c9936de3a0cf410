package portcullis

import "unsafe"

const (
	sizeConfigured = 12
	sizeDecision   = 168

	atText           = 8 // in a decision, as the grant is
	atAccess         = 8
	atPermissions    = atAccess + 8
	atName           = 104
	atExpiresIn      = 116
	atTransports     = 124
	atSourceNetworks = 132
	atTags           = 140
	atOptions        = 148
)

// lowerConfigured writes the result of configure: an error with this text, or success if the text is empty.
func (a *arena) lowerConfigured(fault string) uint32 {
	at := a.alloc(sizeConfigured, 4)
	if fault != "" {
		a.putU8(at, 1)
		a.lowerString(at+4, fault)
	}
	return at
}

// lowerDecision writes the result of decide.
func (a *arena) lowerDecision(decision Decision) uint32 {
	at := a.alloc(sizeDecision, 8)
	a.putU8(at, uint8(decision.outcome))
	switch decision.outcome {
	case allow:
		a.lowerGrant(at+8, decision.grant)
	case deny, ignore:
		a.lowerString(at+atText, decision.text)
	}
	return at
}

func (a *arena) lowerGrant(at uint32, grant *Grant) {
	a.lowerString(at, grant.account)
	a.putU8(at+atAccess, uint8(grant.access))
	switch grant.access {
	case only:
		a.lowerPermissions(at+atPermissions, &grant.permissions)
	case role:
		a.lowerString(at+atPermissions, grant.role)
	}
	a.lowerOptional(at+atName, grant.name)
	if seconds, present := grant.expiresIn.Get(); present {
		a.putU8(at+atExpiresIn, 1)
		a.putU32(at+atExpiresIn+4, seconds)
	}
	a.lowerTransports(at+atTransports, grant.transports)
	a.lowerStrings(at+atSourceNetworks, grant.sourceNetworks)
	a.lowerStrings(at+atTags, grant.tags)
	a.lowerOptions(at+atOptions, grant.options)
}

func (a *arena) lowerPermissions(at uint32, p *permissions) {
	a.lowerStrings(at, p.abilities)
	a.lowerStrings(at+8, p.publish.allow)
	a.lowerStrings(at+16, p.publish.deny)
	a.lowerStrings(at+24, p.subscribe.allow)
	a.lowerStrings(at+32, p.subscribe.deny)
	if rule, present := p.responses.Get(); present {
		a.putU8(at+40, 1)
		a.putU32(at+48, rule.maxMessages)
		a.putU64(at+56, rule.expiresInMs)
	}
	a.lowerOptional(at+64, p.inbox)
	a.lowerOptional(at+76, p.jetstreamAPI)
}

func (a *arena) lowerTransports(at uint32, transports []Transport) {
	list := a.lowerList(at, len(transports), 1, 1)
	for i, transport := range transports {
		a.putU8(list+uint32(i), uint8(transport))
	}
}

func (a *arena) lowerOptions(at uint32, options []Attribute) {
	list := a.lowerList(at, len(options), sizeAttribute, 4)
	for i, option := range options {
		a.lowerString(list+uint32(i)*sizeAttribute, option.Name)
		a.lowerString(list+uint32(i)*sizeAttribute+sizeString, option.Value)
	}
}

func (a *arena) lowerStrings(at uint32, texts []string) {
	list := a.lowerList(at, len(texts), sizeString, 4)
	for i, text := range texts {
		a.lowerString(list+uint32(i)*sizeString, text)
	}
}

// lowerList allocates memory for the elements and writes where it is.
func (a *arena) lowerList(at uint32, count int, size, align uint32) uint32 {
	if count == 0 {
		return 0
	}
	list := a.alloc(uint32(count)*size, align)
	a.putU32(at, list)
	a.putU32(at+4, uint32(count))
	return list
}

func (a *arena) lowerOptional(at uint32, text Optional[string]) {
	if text, present := text.Get(); present {
		a.putU8(at, 1)
		a.lowerString(at+4, text)
	}
}

func (a *arena) lowerString(at uint32, text string) {
	if text == "" {
		return
	}
	address := a.alloc(uint32(len(text)), 1)
	copy(unsafe.Slice((*byte)(a.at(address)), len(text)), text)
	a.putU32(at, address)
	a.putU32(at+4, uint32(len(text)))
}
