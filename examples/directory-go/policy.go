// Admits users in users.json with the right password, with the permissions written there.
package main

import (
	"portcullis"
	"portcullis/log"
)

// nobodysPassword is compared with the password of an unknown user, so that the answer takes as long as for known
// users.
const nobodysPassword = "not the password of anybody"

type directory struct{ users users }

func configure(settings *portcullis.Settings) (portcullis.Policy, error) {
	users, err := readUsers(settings)
	if err != nil {
		return nil, err
	}
	log.Infof("users in users.json: %d", len(users))
	return directory{users}, nil
}

// Decide leaves a client without a user name to the next policy, which may know its credentials.
func (d directory) Decide(request *portcullis.Request) portcullis.Decision {
	name, present := request.User()
	if !present {
		return portcullis.Pass()
	}
	user, known := d.users[name]
	expected := nobodysPassword
	if known {
		expected = user.Pass
	}
	password, _ := request.Password()
	if right := portcullis.SameSecret(password, expected); !right || !known {
		return portcullis.Deny("unknown user or wrong password")
	}
	return portcullis.Allow(user.grant().Name(name))
}

func init() { portcullis.Register(configure) }

func main() {}
