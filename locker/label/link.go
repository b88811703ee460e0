package label

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

func isAddress(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// linkKeys are the identifiers a Digital Link can begin with.
var linkKeys = map[string]bool{
	"00": true, "01": true, "253": true, "255": true, "401": true, "402": true, "414": true, "417": true,
	"8003": true, "8004": true, "8006": true, "8017": true, "8018": true,
}

// fromLink reads https://example.com/some/path/00/123456789012345675: pairs of
// identifier and value at the end of the path, further ones in the query.
func fromLink(s string) (Label, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return Label{}, NotLabel("this is a web address that cannot be read")
	}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for from := range parts {
		if !linkKeys[parts[from]] || (len(parts)-from)%2 != 0 {
			continue
		}
		all, err := pairs(parts[from:])
		if _, wrong := err.(*Misread); err != nil && !wrong {
			continue
		}
		if err != nil {
			return Label{}, err
		}
		query := u.Query()
		for _, ai := range slices.Sorted(maps.Keys(query)) {
			values := query[ai]
			if found, r, ok := ruleFor(ai); ok && found == ai && len(values) == 1 && r.fits(ai, values[0]) == nil &&
				(!r.check || checksGS1(values[0])) {
				all = append(all, Element{ai, values[0]})
			}
		}
		return Label{Kind: Link, Text: s, Elements: all}, nil
	}
	return Label{}, NotLabel("this is a web address, not a label")
}

func pairs(parts []string) ([]Element, error) {
	var b strings.Builder
	for i := 0; i < len(parts); i += 2 {
		ai, r, ok := ruleFor(parts[i])
		value, err := url.PathUnescape(parts[i+1])
		if !ok || ai != parts[i] || err != nil {
			return nil, NotLabel("this is a web address, not a label")
		}
		if ai == "01" && digits(value) && len(value) >= 8 && len(value) < 14 {
			value = strings.Repeat("0", 14-len(value)) + value
		}
		if err := r.fits(ai, value); err != nil {
			return nil, err
		}
		b.WriteString(ai + value + string(separator))
	}
	return elements(b.String())
}
