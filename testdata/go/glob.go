// Asks github.com/gobwas/glob 0.2.3 what random patterns match, for src/go/glob/tests.rs.
//
// Run in a module that requires it: go run glob.go > glob.jsonl
// A line is [pattern, "err"] or [pattern, "ok", name, answer, name, answer…]; an answer is t, f or the text of a panic.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"

	"github.com/gobwas/glob"
)

var tokens = []string{"*", "*", "**", "?", "a", "b", "ab", "é", "/", "/", "[ab]", "[!a]", "[!/]", "[a-c]", "[!a-c]", "{", "}", ",", "\\*",
	"c", "{a,b}", "{ab,a}", "{a*,b}", "*.y", "x", "{a/b,a/c}", "[!ab]", "{,a}", ".", "\x00", "[", "]", "\\", "日"}

func ask(g glob.Glob, name string) (answer string) {
	defer func() {
		if p := recover(); p != nil {
			answer = fmt.Sprint(p)
		}
	}()
	if g.Match(name) {
		return "t"
	}
	return "f"
}

func main() {
	r := rand.New(rand.NewSource(5))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	names := []string{"a", "b", "ab", "a/b", "a/b/c.y", "é", "aé", "éa", "ab/ab", "a*b"}
	letters := []rune("aabbc//.xyé日")
	for i := 0; i < 60; i++ {
		name := ""
		for n := r.Intn(9); n > 0; n-- {
			name += string(letters[r.Intn(len(letters))])
		}
		names = append(names, name)
	}
	for i := 0; i < 1500; i++ {
		pattern := ""
		for n := 1 + r.Intn(7); n > 0; n-- {
			pattern += tokens[r.Intn(len(tokens))]
		}
		g, err := glob.Compile(pattern, '/')
		if err != nil {
			out.Encode([]string{pattern, "err"})
			continue
		}
		row := []string{pattern, "ok"}
		for n := 0; n < 8; n++ {
			name := names[r.Intn(len(names))]
			row = append(row, name, ask(g, name))
		}
		out.Encode(row)
	}
}
