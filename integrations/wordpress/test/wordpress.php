<?php
/** As much of WordPress as the plugin calls, and as it behaves there. */

define( 'ABSPATH', __DIR__ );

$GLOBALS['hooks']           = array();
$GLOBALS['shortcodes']      = array();
$GLOBALS['settings_errors'] = array();

function add_action( $name, $callback ) {
	$GLOBALS['hooks'][ $name ][] = $callback;
}

function do_action( $name ) {
	foreach ( isset( $GLOBALS['hooks'][ $name ] ) ? $GLOBALS['hooks'][ $name ] : array() as $callback ) {
		$callback();
	}
}

function add_shortcode( $name, $callback ) {
	$GLOBALS['shortcodes'][ $name ] = $callback;
}

function shortcode_atts( $defaults, $attributes ) {
	$attributes = (array) $attributes;
	foreach ( $defaults as $name => $value ) {
		$defaults[ $name ] = array_key_exists( $name, $attributes ) ? $attributes[ $name ] : $value;
	}
	return $defaults;
}

function get_option( $name, $default = false ) {
	return isset( $GLOBALS['options'][ $name ] ) ? $GLOBALS['options'][ $name ] : $default;
}

function delete_option( $name ) {
	unset( $GLOBALS['options'][ $name ] );
}

function esc_attr( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES, 'UTF-8', false );
}

function esc_html( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES, 'UTF-8', false );
}

function esc_textarea( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES, 'UTF-8' );
}

function esc_url( $url ) {
	$url = preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]]|i', '', $url );
	return preg_match( '|^https?://|i', $url ) ? str_replace( array( '&', "'" ), array( '&#038;', '&#039;' ), $url ) : '';
}

function wp_parse_url( $url, $component = -1 ) {
	return parse_url( $url, $component );
}

function untrailingslashit( $text ) {
	return rtrim( $text, '/\\' );
}

function sanitize_textarea_field( $text ) {
	return trim( strip_tags( $text ) );
}

function add_settings_error( $setting, $code, $message ) {
	$GLOBALS['settings_errors'][] = $message;
}

function register_setting( $group, $name, $arguments ) {
	$GLOBALS['sanitize'] = $arguments['sanitize_callback'];
}

function add_options_page( $title, $menu, $capability, $slug, $callback ) {
	$GLOBALS['pages'][ $slug ] = $callback;
}

function settings_fields( $group ) {
	echo '<input type="hidden" name="option_page" value="' . esc_attr( $group ) . '">';
}

function submit_button() {
	echo '<input type="submit" value="Save Changes">';
}

function current_user_can() {
	return $GLOBALS['can_manage'];
}

function checked( $one, $other ) {
	echo (string) $one === (string) $other ? "checked='checked'" : '';
}

function selected( $one, $other ) {
	echo (string) $one === (string) $other ? "selected='selected'" : '';
}

function __( $text ) {
	return $text;
}
