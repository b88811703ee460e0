package price

import "time"

// pastOf groups a history by article.
func pastOf(all []Past) map[string][]Past {
	by := make(map[string][]Past)
	for _, h := range all {
		by[h.SKU] = append(by[h.SKU], h)
	}
	return by
}

// lowestBefore is the lowest price of one article that held at some time in the 30 days
// before a reduction. false: nobody knows of one.
func lowestBefore(all []Past, channel string, from time.Time) (minor int64, ok bool) {
	begin := from.Add(-reductionDays)
	for _, h := range all {
		if h.Channel != "" && h.Channel != channel || !h.From.Before(from) || !h.Until.After(begin) {
			continue
		}
		if !ok || h.Minor < minor {
			minor, ok = h.Minor, true
		}
	}
	return minor, ok
}
