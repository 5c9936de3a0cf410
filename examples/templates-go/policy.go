// Users in users.json with the right password get what the template of their role says.
package main

import (
	"fmt"
	"slices"

	"portcullis"
	"portcullis/log"
)

// nobodysPassword is compared with the password of an unknown user, so that the answer takes as long as for known
// users.
const nobodysPassword = "not the password of anybody"

type policy struct {
	users map[string]user
	roles map[string]role
}

type user struct {
	Pass string `json:"pass"`
	Role string `json:"role"`
}

func configure(settings *portcullis.Settings) (portcullis.Policy, error) {
	p := policy{roles: map[string]role{}}
	if err := settings.DataJSON("users.json", &p.users); err != nil {
		return nil, err
	}
	// Sorted, so that the same fault is reported each time.
	for _, name := range sortedNames(p.users) {
		if err := p.addRole(settings, name); err != nil {
			return nil, err
		}
	}
	log.Infof("%d users in %d roles", len(p.users), len(p.roles))
	return p, nil
}

func sortedNames(users map[string]user) []string {
	var names []string
	for name := range users {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p policy) addRole(settings *portcullis.Settings, name string) error {
	user := p.users[name]
	if _, err := token("user name", name); err != nil {
		return fmt.Errorf("users.json: user %q: %w", name, err)
	}
	if user.Pass == "" || user.Role == "" {
		return fmt.Errorf("users.json: user %q: pass and role are required and must not be empty", name)
	}
	if _, known := p.roles[user.Role]; known {
		return nil
	}
	file := user.Role + ".tmpl"
	text, err := settings.DataText(file)
	if err != nil {
		return fmt.Errorf("users.json: user %q: %w", name, err)
	}
	p.roles[user.Role], err = parseRole(file, text)
	return err
}

// Decide leaves a client without a user name to the next policy.
func (p policy) Decide(request *portcullis.Request) portcullis.Decision {
	name, present := request.User()
	if !present {
		return portcullis.Pass()
	}
	user, known := p.users[name]
	expected := nobodysPassword
	if known {
		expected = user.Pass
	}
	password, _ := request.Password()
	if right := portcullis.SameSecret(password, expected); !right || !known {
		return portcullis.Deny("unknown user or wrong password")
	}
	grant, err := p.roles[user.Role].grant(facts{request})
	if err != nil {
		log.Warnf("%v", err)
		return portcullis.Deny("a value from the client does not fit into the template of its role")
	}
	return portcullis.Allow(grant.Name(name))
}

func init() { portcullis.Register(configure) }

func main() {}
