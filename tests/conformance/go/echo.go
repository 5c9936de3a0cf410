package main

import (
	"fmt"

	"portcullis"
)

// lines collects path=value.
type lines []string

func (l *lines) text(path, value string) { *l = append(*l, path+"="+value) }

func (l *lines) number(path string, value uint64) { l.text(path, fmt.Sprint(value)) }

func (l *lines) optional(path string, value portcullis.Optional[string]) {
	if value, present := value.Get(); present {
		l.text(path, value)
	}
}

func (l *lines) list(path string, values []string) {
	for _, value := range values {
		l.text(path, value)
	}
}

// echo returns one line for each field of a request.
func echo(request *portcullis.Request) []string {
	var l lines
	l.number("received-at", uint64(request.ReceivedAt))
	server := &request.Server
	l.text("server.id", server.ID)
	l.text("server.name", server.Name)
	l.text("server.host", server.Host)
	l.text("server.version", server.Version)
	l.optional("server.cluster", server.Cluster)
	l.list("server.tags", server.Tags)
	l.client(&request.Client)
	credentials := &request.Credentials
	l.optional("credentials.user", credentials.User)
	l.optional("credentials.password", credentials.Password)
	l.optional("credentials.token", credentials.Token)
	l.optional("credentials.jwt", credentials.JWT)
	l.optional("credentials.nkey", credentials.Nkey)
	if tls := request.TLS; tls != nil {
		l.text("tls.version", tls.Version)
		l.text("tls.cipher", tls.Cipher)
		l.certificates("tls.verified", tls.Verified)
		l.certificates("tls.presented", tls.Presented)
	}
	if sentinel := request.Sentinel; sentinel != nil {
		l.text("sentinel.user", sentinel.User)
		l.text("sentinel.account", sentinel.Account)
		l.optional("sentinel.name", sentinel.Name)
		l.list("sentinel.tags", sentinel.Tags)
	}
	l.text("user-nkey", request.UserNkey)
	for _, attribute := range request.Attributes {
		l.text("attributes."+attribute.Name, attribute.Value)
	}
	return l
}

func (l *lines) client(client *portcullis.Client) {
	l.number("client.id", client.ID)
	l.text("client.host", client.Host)
	if transport, present := client.Transport.Get(); present {
		l.text("client.transport", transport.String())
	}
	l.optional("client.name", client.Name)
	l.optional("client.lang", client.Lang)
	l.optional("client.version", client.Version)
	l.optional("client.mqtt-client-id", client.MQTTClientID)
}

func (l *lines) certificates(path string, certificates []portcullis.Certificate) {
	for i, certificate := range certificates {
		at := fmt.Sprintf("%s.%d.", path, i)
		l.text(at+"subject", certificate.Subject)
		l.text(at+"issuer", certificate.Issuer)
		l.text(at+"serial", certificate.Serial)
		l.list(at+"dns-names", certificate.DNSNames)
		l.list(at+"ip-addresses", certificate.IPAddresses)
		l.list(at+"emails", certificate.Emails)
		l.list(at+"uris", certificate.URIs)
		l.number(at+"not-before", uint64(certificate.NotBefore))
		l.number(at+"not-after", uint64(certificate.NotAfter))
		l.text(at+"fingerprint", certificate.Fingerprint)
		l.text(at+"key-fingerprint", certificate.KeyFingerprint)
		l.text(at+"pem", certificate.PEM)
	}
}
