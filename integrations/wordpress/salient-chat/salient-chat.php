<?php
/**
 * Plugin Name: Salient Chat
 * Description: AI chat from your Salient server: on every page, or where you put the shortcode.
 * Version: 0.1.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * License: MIT
 * Text Domain: salient-chat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const SALIENT_CHAT_OPTION = 'salient_chat';

require_once __DIR__ . '/includes/tag.php';
require_once __DIR__ . '/includes/settings-page.php';

add_action( 'wp_footer', 'salient_chat_print_footer' );
add_shortcode( 'salient_chat', 'salient_chat_shortcode' );
add_action( 'admin_menu', 'salient_chat_add_settings_page' );
add_action( 'admin_init', 'salient_chat_register_settings' );

/** What the settings page has stored, with every key there. */
function salient_chat_settings() {
	$stored = get_option( SALIENT_CHAT_OPTION, array() );
	return array_merge(
		array(
			'backend'      => '',
			'account'      => 'default_account',
			'agent'        => 'simple_chat1',
			'position'     => '',
			'locale'       => '',
			'show_on_all'  => '1',
			'hide_on_urls' => '',
		),
		is_array( $stored ) ? $stored : array()
	);
}

/** The floating chat, at the end of every page that is not left out. */
function salient_chat_print_footer() {
	$settings = salient_chat_settings();
	if ( '1' !== $settings['show_on_all'] || salient_chat_is_left_out( $settings['hide_on_urls'] ) ) {
		return;
	}
	echo salient_chat_tag( $settings ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped value by value there.
}

/** Whether this page's path begins with one of the lines. */
function salient_chat_is_left_out( $lines ) {
	$path = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) : '/';
	foreach ( preg_split( '/\R/', $lines ) as $line ) {
		$line = trim( $line );
		if ( '' !== $line && 0 === strpos( $path, $line ) ) {
			return true;
		}
	}
	return false;
}

/**
 * [salient_chat agent="sales"]: a floating chat on this page. With mode="inline" the chat stands where the shortcode is,
 * as high as `height` says.
 */
function salient_chat_shortcode( $attributes ) {
	static $count = 0;
	$settings   = salient_chat_settings();
	$attributes = shortcode_atts(
		array(
			'account'  => $settings['account'],
			'agent'    => $settings['agent'],
			'position' => $settings['position'],
			'locale'   => $settings['locale'],
			'mode'     => 'floating',
			'title'    => '',
			'height'   => '600px',
		),
		$attributes,
		'salient_chat'
	);
	$height     = $attributes['height'];
	unset( $attributes['height'] );
	$attributes['backend'] = $settings['backend'];
	if ( 'inline' !== $attributes['mode'] ) {
		return salient_chat_tag( $attributes );
	}
	$id                   = 'salient-chat-' . ++$count;
	$attributes['target'] = '#' . $id;
	$height               = preg_match( '/^\d{1,4}(px|vh|rem|em|%)$/', $height ) ? $height : '600px';
	return sprintf( '<div id="%s" style="height:%s"></div>', esc_attr( $id ), esc_attr( $height ) ) . salient_chat_tag( $attributes );
}
