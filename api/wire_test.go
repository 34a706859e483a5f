package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestRequestsAreReadAsTheyCome sends bytes that no ordinary client sends.
func TestRequestsAreReadAsTheyCome(t *testing.T) {
	s := newServer(t)
	const head = "Host: localhost\r\nBurnlist-Actor: ana@example.org\r\nContent-Type: application/json\r\n"
	product := func(name string) string { return fmt.Sprintf(`{"name": %q, "zone": "UTC"}`, name) }
	chunks := func(parts ...string) string {
		var b strings.Builder
		for _, part := range parts {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"a body in pieces": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(`{"name": "a", `, `"zone": "UTC"}`) + "0\r\n\r\n", 201,
		},
		"cut off: a body in pieces": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(product("b")), 400,
		},
		"cut off: a body that is shorter than said": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Content-Length: 1000\r\n\r\n" + product("c"), 400,
		},
		"a body that is longer than said": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Content-Length: 5\r\n\r\n" + product("d"), 400,
		},
		"two lengths": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + product("e"), 400,
		},
		"another coding than chunks": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Transfer-Encoding: gzip\r\n\r\n" + product("f"), 501,
		},
		"a client that asks first": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Expect: 100-continue\r\nContent-Length: 30\r\n\r\n" + product("g") + "   ", 100,
		},
		"a client that expects something else": {
			"POST /api/v1/products HTTP/1.1\r\n" + head + "Expect: coffee\r\nContent-Length: 2\r\n\r\n{}", 417,
		},
		"no host": {"GET /api/v1/products HTTP/1.1\r\n\r\n", 400},
		"a host of another": {
			"GET /api/v1/products HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n", 400,
		},
		"a tunnel":                       {"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
		"an address of another server":   {"GET http://evil.example/api/v1/products HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
		"a header over two lines":        {"GET /api/v1/products HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n", 200},
		"a zero byte in a header":        {"GET /api/v1/products HTTP/1.1\r\nHost: localhost\r\nX-A: b\x00\r\n\r\n", 400},
		"a blank in the name of a field": {"GET /api/v1/products HTTP/1.1\r\nHost: localhost\r\nX A: b\r\n\r\n", 400},
		"an older protocol":              {"GET /api/v1/products HTTP/1.0\r\nHost: localhost\r\n\r\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, c.request); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "cut off: ") {
				if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != c.status {
				body, _ := io.ReadAll(response.Body)
				t.Errorf("got %s, want %d: %s", response.Status, c.status, body)
			}
		})
	}
	for _, name := range []string{"b", "c", "d", "e", "f"} {
		s.ask("GET", "/api/v1/products/"+name, nil).must(404)
	}
}
