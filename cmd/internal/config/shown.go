package config

import (
	"slices"
	"strings"
)

// shown are the keys of a station's file that are told. A key that is new is told when it
// is here. Whatever is a secret, names a file or a folder, or may hold a password (an
// address, a command) is among those of which only that they are set is told.
var shown = ShowKeys(`
station: id name languages time_zone address phone call_staff
rest: listen allow_remote requests_per_minute hosts allowed_origins
policy: pickup_hours recipient_days pin_tries_before_wait page_timeout_s door_timeout_s thanks_s
policy: pause_after_min resume_grace_hours hold_pauses
policy: courier_timeout_s staff_timeout_s desk_timeout_s max_extensions courier_receipt
returns: taken shops site sole_site lapse_days centre_stays_s box_points bag_points tote_points order_days
messages: send from mail_server mail_tls sms_sender sms_country sms_parts help quiet_from quiet_to
messages: remind_hours expiring_hours merge_minutes a_day
webhooks: private
parcels: unannounced
customers: kept unused_days qr_opens neighbours
pickup: accessible_kept_free together
pickup: shelf rescue_hours rescue_yields elsewhere
pickup: pin pin_tries_per_minute phone_tries_per_parcel rotating
pickup: delegates delegate_hours explain_days reopen_grace_s
pickup: hours count_from notice_wait_hours extensions extension_hours extension_price extend_while
centre: most_waiting disk_mib messages_too remote_openings
wall: screen_column screen_top_mm screen_height_mm base_mm
size: name width_mm height_mm depth_mm door_height_mm
column: width_mm
column.doors: number size bus board lock accessible low
bus: name port dialect baud echo idle_poll_ms active_poll_ms reply_timeout_ms open_wait_ms pulse_gap_ms pulse_ms
bus.board: address channels invert_hook presence invert_presence bitmap_order lock_byte first_lock query
scanner: port baud suffix idle_gap_ms frame trigger rearm_ms separator layout caps_lock nothing same_code_ms
badge: port baud format spelling reversed layout caps_lock
terminal: name kind printer label_printer camera
terminal.scanner: port baud suffix idle_gap_ms frame trigger rearm_ms separator layout caps_lock nothing same_code_ms
terminal.badge: port baud format spelling reversed layout caps_lock
printer: port baud status black_marks letters code_page width_dots qr qr_dots cut
label_printer: port baud width_mm length_mm dots_per_mm
climate: name port baud parity address unit min_c max_c delay_min
camera: name timeout_s
refund_provider: name tenders timeout_s
shop: enabled name country counter locker_later kerbside pick_min pickup_hours
shop.payment: timeout_s phone_s terminal_timeout_s terminal_s cash cash_min
`, `
station: data_dir
rest: socket
returns: rules_dir
messages: mail_user mail_password_file sms_gateway sms_key_file templates_dir
devices: folder
label_printer: font
camera: url command
refund_provider: url key_file
shop.payment: url key_file webhook_secret_file terminal
`)

// ShownMessages are the keys of the table that the hub's file has too.
var ShownMessages = shown.only("messages")

// only are the keys of one table.
func (keys Showing) only(name string) Showing {
	of := func(all []string) (some []string) {
		for _, key := range all {
			if strings.HasPrefix(key, name+".") {
				some = append(some, key)
			}
		}
		return some
	}
	return Showing{of(keys.Whole), of(keys.IfSet)}
}

// And are the keys of both.
func (keys Showing) And(more Showing) Showing {
	return Showing{slices.Concat(keys.Whole, more.Whole), slices.Concat(keys.IfSet, more.IfSet)}
}

// Shown tells the configuration.
func (c *Config) Shown() Shown { return Show(c, c.source, shown) }
