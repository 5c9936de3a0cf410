// The policy: guests may subscribe to the news; the next policy decides about all others.
package main

import "portcullis"

// policy holds what configure has read.
type policy struct{}

// configure runs once. Read settings and data files here: settings.JSON, settings.DataJSON.
func configure(settings *portcullis.Settings) (portcullis.Policy, error) {
	return policy{}, nil
}

// Decide runs for each client, in a sandbox of its own.
func (policy) Decide(request *portcullis.Request) portcullis.Decision {
	user, present := request.User()
	switch {
	case !present:
		return portcullis.Pass()
	case user == "guest":
		return portcullis.Allow(portcullis.Account("APP").Subscribe("news.>"))
	default:
		return portcullis.Deny("not a guest")
	}
}

func init() { portcullis.Register(configure) }

func main() {}
