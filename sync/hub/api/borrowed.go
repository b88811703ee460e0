package api

import (
	"encoding/json"

	stationorders "cubby/sync/api/orders"
	stationparcels "cubby/sync/api/parcels"
	"cubby/sync/rest"
)

// borrowed is no resource: it has the schemas of bodies that are the same as a station's,
// out of the fragments of a station's families.
func borrowed() rest.Family {
	schemas := map[string]json.RawMessage{}
	for _, from := range []struct {
		fragment []byte
		names    []string
	}{
		{stationparcels.Family(nil, nil).Fragment, []string{"Announcement", "AnnouncementPatch", "Recipient"}},
		{stationorders.Family(nil, nil).Fragment, []string{
			"OrderPut", "OrderPatch", "OrderLine", "Tender", "OrderDimensions", "TaxMethod", "ShippingCost", "Lease",
		}},
	} {
		var fragment struct{ Schemas map[string]json.RawMessage }
		if err := json.Unmarshal(from.fragment, &fragment); err != nil {
			panic(err) // a fragment of this program
		}
		for _, name := range from.names {
			schemas[name] = fragment.Schemas[name]
		}
	}
	text, err := json.Marshal(map[string]any{"schemas": schemas})
	if err != nil {
		panic(err)
	}
	return rest.Family{Name: "borrowed", Fragment: text}
}
