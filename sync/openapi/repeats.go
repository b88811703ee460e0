package openapi

import (
	"encoding/json"
	"slices"
	"strings"
)

// describeRepeats writes into each POST that needs a key, or is of the socket, what an
// Idempotency-Key does there.
func describeRepeats(paths *object) error {
	for i := range *paths {
		item, err := parse((*paths)[i].value)
		if err != nil {
			return err
		}
		if item.get("post") == nil {
			continue
		}
		if err := item.change("post", describeRepeat); err != nil {
			return err
		}
		(*paths)[i].value = item.json()
	}
	return nil
}

func describeRepeat(post *object) error {
	var keys []json.RawMessage
	if text := post.get("security"); text != nil {
		if err := json.Unmarshal(text, &keys); err != nil {
			return err
		}
	}
	if len(keys) == 0 && post.get("x-cubby-door") == nil {
		return nil // everybody may send it: nobody's keys are kept
	}
	var parameters []json.RawMessage
	if text := post.get("parameters"); text != nil {
		if err := json.Unmarshal(text, &parameters); err != nil {
			return err
		}
	}
	parameters = append(parameters, json.RawMessage(`{"$ref":"#/components/parameters/IdempotencyKey"}`))
	if err := post.put("parameters", parameters); err != nil {
		return err
	}
	return post.change("responses", func(responses *object) error {
		for i, m := range *responses {
			answer, err := parse(m.value)
			if err != nil {
				return err
			}
			if m.key[0] != '2' || answer.get("$ref") != nil || answer.get("headers") != nil {
				continue
			}
			if err := answer.put("headers", map[string]any{
				"Idempotency-Replayed": map[string]string{"$ref": "#/components/headers/IdempotencyReplayed"},
			}); err != nil {
				return err
			}
			(*responses)[i].value = answer.json()
		}
		for _, r := range []struct{ status, name string }{
			{"400", "BadRequest"}, {"409", "Conflict"}, {"413", "TooLarge"}, {"422", "Refused"},
			{"429", "TooManyFailures"},
		} {
			if responses.get(r.status) == nil {
				if err := responses.put(r.status,
					map[string]string{"$ref": "#/components/responses/" + r.name}); err != nil {
					return err
				}
			}
		}
		slices.SortStableFunc(*responses, func(a, b member) int { return strings.Compare(a.key, b.key) })
		return nil
	})
}
