// Package shoprules reads the files in which shops write down by what rules goods come back:
// one TOML file for each shop. A file is checked whole; every mistake is told with its line,
// and the shop's own test cases in it are run.
package shoprules

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"cubby/cmd/internal/config"
	"cubby/locker/returns/policy"
)

// maxBytes bounds a file of rules.
const maxBytes = 1 << 20

// maxShops bounds the files of a folder.
const maxShops = 1000

var shopName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidShop reports whether a name is one of a shop.
func ValidShop(name string) bool { return shopName.MatchString(name) }

// Shops are the rules of each shop by its name.
type Shops map[string]policy.Rules

// Load reads all files of a folder. Every problem of every file is told. No folder is no
// rules.
func Load(dir string) (Shops, error) {
	all := Shops{}
	if dir == "" {
		return all, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the rules of returns: %w (returns.rules_dir in the configuration)", err)
	}
	var wrong []error
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".toml" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if len(all)+len(wrong) >= maxShops {
			return nil, fmt.Errorf("%s has more than %d files of rules", dir, maxShops)
		}
		r, _, err := File(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		all[r.Shop] = r
	}
	return all, errors.Join(wrong...)
}

// File reads the rules of one shop, and says how many test cases of it have passed. When the
// file can be read but not used, the error is a config.Problems.
func File(path string) (policy.Rules, int, error) {
	f, err := os.Open(path)
	if err != nil {
		return policy.Rules{}, 0, fmt.Errorf("read the rules of returns: %w", err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return policy.Rules{}, 0, fmt.Errorf("read the rules of returns: %w", err)
	}
	return Parse(path, string(source))
}

// Parse is File for a text that is already read.
func Parse(path, source string) (policy.Rules, int, error) {
	var f file
	var rules policy.Rules
	err := config.Decode(path, source, &f, func(s config.Sheet) {
		c := &checker{Sheet: s, f: &f, names: map[string]string{}}
		if shop := strings.TrimSuffix(filepath.Base(path), ".toml"); f.Shop != "" && f.Shop != shop {
			c.Refuse("shop", "is %q, and the file is that of %q: name the file %s.toml", f.Shop, shop, f.Shop)
		}
		c.check()
		rules = c.rules()
		if c.Sound() {
			c.runCases(rules)
		}
	})
	if err != nil {
		return policy.Rules{}, 0, err
	}
	return rules, len(f.Cases), nil
}

// For picks the rules of a shop, or the usual ones.
func (all Shops) For(shop string) policy.Rules {
	if r, ok := all[shop]; ok {
		return r
	}
	r := policy.Default()
	r.Shop = shop
	return r
}

// A checker looks at what one key alone cannot tell.
type checker struct {
	config.Sheet
	f      *file
	names  map[string]string // of rules: where they stand
	digits int               // of the currency
}

// allOf refuses what is not among the words of a list.
func (c *checker) allOf(path string, given, known []string) {
	seen := map[string]bool{}
	for i, word := range given {
		at := config.Element(path, i)
		switch {
		case !slices.Contains(known, word):
			c.Refuse(at, "is %q: one of %s", word, strings.Join(known, ", "))
		case seen[word]:
			c.Refuse(at, "is %q, which is there already: once is enough", word)
		}
		seen[word] = true
	}
}

// texts refuses what is no plain word of orders, or twice.
func (c *checker) texts(path string, given []string) {
	seen := map[string]bool{}
	for i, word := range given {
		at := config.Element(path, i)
		switch {
		case word == "" || len(word) > 64 || strings.TrimSpace(word) != word:
			c.Refuse(at, "is %q: 1 to 64 characters, without spaces at its ends", word)
		case seen[word]:
			c.Refuse(at, "is %q, which is there already: once is enough", word)
		}
		seen[word] = true
	}
}
