package main

import (
	"errors"
	"fmt"
	"strings"

	"portcullis"
)

// facts are the values that a template may use. Each is a method that fails if the text would be more than one token of
// a subject: a client with the name ">" must not get everything, and one with a space must not add a word.
type facts struct{ request *portcullis.Request }

// User is {{.User}}.
func (f facts) User() (string, error) { return optionalToken("user name", f.request.Credentials.User) }

// Client is {{.Client}}; what the client says about itself proves nothing.
func (f facts) Client() client { return client{&f.request.Client} }

// Server is {{.Server}}.
func (f facts) Server() server { return server{&f.request.Server} }

type client struct{ client *portcullis.Client }

// Name is {{.Client.Name}}.
func (c client) Name() (string, error) { return optionalToken("client name", c.client.Name) }

// Named is for {{if .Client.Named}}.
func (c client) Named() bool {
	_, present := c.client.Name.Get()
	return present
}

// Transport is {{.Client.Transport}}: nats, websocket, mqtt, leafnode or unknown.
func (c client) Transport() string {
	if transport, present := c.client.Transport.Get(); present {
		return transport.String()
	}
	return "unknown"
}

type server struct{ server *portcullis.Server }

// Cluster is {{.Server.Cluster}}.
func (s server) Cluster() (string, error) { return optionalToken("cluster", s.server.Cluster) }

func optionalToken(what string, text portcullis.Optional[string]) (string, error) {
	value, present := text.Get()
	if !present {
		return "", errors.New(what + " is missing")
	}
	return token(what, value)
}

const maxTokenBytes = 64

// token returns the text if it can only be one token, without a meaning to servers, as $SYS and _INBOX have.
func token(what, text string) (string, error) {
	isPlain := func(letter rune) bool {
		return 'a' <= letter && letter <= 'z' || 'A' <= letter && letter <= 'Z' || '0' <= letter && letter <= '9'
	}
	odd := func(letter rune) bool { return !isPlain(letter) && letter != '-' && letter != '_' }
	if text == "" || len(text) > maxTokenBytes || !isPlain(rune(text[0])) || strings.ContainsFunc(text, odd) {
		return "", fmt.Errorf("the %s is not a token: use up to %d ASCII letters, digits, - and _, and begin with a "+
			"letter or a digit", what, maxTokenBytes)
	}
	return text, nil
}
