package staff

// drawingsOfReturns are the icons of kinds that only pages of returns have.
var drawingsOfReturns = map[string]string{
	"returns": "undo", "return": "undo", "order": "receipt", "line": "parcel", "case": "receipt",
	"return_serve": "counter", "return_round": "door-open", "return_grade": "find",
	"return_totes": "parcel", "return_money": "receipt", "return_packaging": "parcel", "return_figures": "chart",
	"serve": "counter", "round": "door-open", "grade": "find", "grading": "find", "tote": "parcel",
	"totes": "parcel", "money": "receipt", "refund": "undo", "figures": "chart", "item": "parcel",
	"unverified": "help", "like_new": "tick", "opened": "parcel", "used": "hand", "damaged": "wrench",
	"wrong_item": "clear", "undeclared": "help", "exchange": "again", "repair": "wrench",
	"partial": "minus", "keep_item": "hand", "reject_and_give_back": "back", "restock_here": "tick",
	"restock_other": "courier", "refurbish": "wrench", "recycle": "again", "to_vendor": "courier",
	"back_to_customer": "person", "requested": "help", "authorised": "tick", "declined": "clear",
	"dropped_off": "door", "inspecting": "find", "decided": "tick", "settling": "clock",
	"settle_failed": "warning", "closed": "tick", "pending": "clock", "approved": "tick",
	"completed": "tick", "failed": "warning", "rejected": "clear",
	"refund_original": "undo", "refund_gift_card": "receipt", "refund_points": "plus",
	"again": "again", "gift_card": "receipt", "cash": "hand", "transfer": "undo", "card": "receipt",
	"points": "plus", "shop": "counter", "bag": "door", "day": "clock",
}
