package config

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/burnlist/burnlist"
)

// Loopback reports why an address may not be listened on unless the operator
// insists by insecure_listen: there is no sign-in yet, so whoever reaches the
// port can change everything. It returns nil for a loopback address.
func Loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return burnlist.Errorf(burnlist.Invalid, "%q is not an address: write host:port, such as 127.0.0.1:8080", listen)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return burnlist.Errorf(burnlist.Invalid,
		"%q can be reached from other machines, and there is no sign-in: whoever reaches the port can change everything. "+
			"Listen on 127.0.0.1, or put something in front that lets in the right people and set insecure_listen (--insecure-listen)", listen)
}

// listen checks the address and whether it may be used.
func (p *problems) listen(s *Settings) {
	_, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		p.add("listen", "%q is not an address: write host:port, such as 127.0.0.1:8080", s.Listen)
		return
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		p.add("listen", "%q is not a port: use a number up to 65535", port)
	}
	if err := Loopback(s.Listen); err != nil && !s.InsecureListen {
		p.add("listen", "%v", err)
	}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// hosts checks the names that are answered.
func (p *problems) hosts(names []string) {
	for i, name := range names {
		if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err != nil && !hostName.MatchString(name) {
			p.add(fmt.Sprintf("allowed_hosts[%d]", i), "%q is not a host name: write the name alone, without http:// and port, such as burnlist.example.org", name)
		}
	}
}
