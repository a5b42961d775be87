// Records what net/url makes of texts and of references against bases: go run record.go > cases.jsonl
package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
)

var texts = []string{"", "*", "/", "a", "a/b", "/a/b", "//a/b", "///a", "////a", "a:b", "1:b", ":b", "a:", "a:/b", "a://", "a://h", "a://h/", "a://h/p?q#f", "a://h?q", "a://h#f", "http://h:80/", "http://h:/", "http://h:x/", "http://a:b:c/", "x://a:1,b:2/", "x://a:b:c/", "http://u@h/", "http://u:p@h/", "http://u:p:q@h/", "http://@h/", "http://u%zz@h/", "http://u|@h/", "http://u@v@h/", "http://[::1]/", "http://[::1]:80/", "http://[::1]x/", "http://[::1/", "http://a[::1]/", "http://[1.2.3.4]/", "http://[::1%25en0]/", "http://[::1%en0]/", "http://[fe80::%25a%20b]/", "http://[xx]/", "http://h%41/", "http://h%c3%a9/", "http://hé/p é", "http://h h/", "http://h/%41%2f%zz", "http://h/%41%2fa b", "/a%2fb", "/a%2Fb", "/a b", "/a+b?c+d", "/a;b,c=d@e:f", "/[a]", "/{a}", "a?", "a??", "a?b?c", "?q", "#f", "#", "#%41", "#%zz", "#a b", "#a'b", "#a!b", "a#b#c", "HTTP://H/P", "a b", "a\tb", "a\x7fb", "mailto:a@b", "urn:isbn:1", "file:///a", "file://h/a", "file:a", "C:\\a", "C:/a", "a.yaml", "./a:b", "../a", "a%", "a%4", "é", "%e9", "//u:p@h:1/p", "//h", "//h?q", "x-y.z+1://h", "_x://h", "javascript:alert(1)", "http://h/a/../b/./c", "http://h/\"<>", "http://h/a?b%zz", "http://h<>/", "http://h\"/", "http://h'/", "http://h,i/", "http://1.2.3.4:5/", "http://h\\/", "http:///p", "http:/p", "http:p", "http:?q", "http:#f", "a:?", "?", "/?", "//?"}
var bases = []string{"http://a/b/c/d;p?q", "file:///values.schema.json", "http://h", "urn:a:b", "http://u@h/a/b/", "a/b/c", "/x/y", "", "file:///", "http://h/a%2fb/c?x#y", "mailto:x"}
var refs = []string{"", "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", ";x", "..", "../", "../g", "../..", "../../../g", ".", "./", "/./g", "/../g", "g.", "..g", "./../g", "g;x=1/../y", "http:g", "http://i/j/../k", "a%2fb", "#/definitions/a", "schemas/a.json#/b", "file://../values.schema.json", "urn:c", "x:y", "?", "a//b", "//", "..//x"}
var addrs = []string{"", "1", "1.2.3.4", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.x", "a.b", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "12345::", "g::", ":1", "1:", "1:::2", "::1%", "::1%a", "%a", "1:2:3:4:5:6:7::8", "::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8", "fe80::1%eth0", "1:2 ", "::ffff:1.2.3.4", "1.2.3.4%a", "1:2:3:4:5:6:7:8::"}

func text(err error) string { return err.Error() }
func main() {
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	for _, t := range texts {
		c := map[string]any{"url": t}
		if u, err := url.Parse(t); err != nil {
			c["error"] = text(err)
		} else {
			c["want"] = []string{u.String(), u.Scheme, u.Opaque, u.User.String(), u.Host, u.Path, u.RawPath, u.RawQuery, u.Fragment, u.RawFragment, u.Hostname(), fmt.Sprint(u.ForceQuery, u.OmitHost, u.User != nil)}
		}
		enc.Encode(c)
	}
	for _, b := range bases {
		for _, r := range refs {
			base, err1 := url.Parse(b)
			ref, err2 := url.Parse(r)
			if err1 == nil && err2 == nil {
				enc.Encode(map[string]any{"base": b, "ref": r, "want": base.ResolveReference(ref).String()})
			}
		}
	}
	for _, a := range addrs {
		c := map[string]any{"addr": a}
		if p, err := netip.ParseAddr(a); err != nil {
			c["error"] = text(err)
		} else {
			c["want"] = fmt.Sprint(p.Is4(), " ", p.Zone())
		}
		enc.Encode(c)
	}
}
