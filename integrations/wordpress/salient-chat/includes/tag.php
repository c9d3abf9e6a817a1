<?php
if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The script tag, or nothing while no server is set.
 *
 * Printed whole and not enqueued: plugins that combine, defer or delay scripts work on what is enqueued or looks
 * ordinary, and the attributes below are how each of them is told to keep away.
 */
function salient_chat_tag( $settings ) {
	if ( '' === $settings['backend'] ) {
		return '';
	}
	$attributes = array(
		'async'                    => true,
		'src'                      => untrailingslashit( $settings['backend'] ) . '/chat-widget.js',
		// WP Rocket.
		'nowprocket'               => true,
		// LiteSpeed Cache, SiteGround Optimizer.
		'data-no-optimize'         => '1',
		'data-no-defer'            => '1',
		// Autoptimize.
		'data-noptimize'           => '1',
		// Jetpack Boost.
		'data-jetpack-boost'       => 'ignore',
		// WP Meteor.
		'data-wpmeteor-nooptimize' => 'true',
		// WP Fastest Cache.
		'data-wpfc-render'         => 'false',
		// NitroPack.
		'nitro-exclude'            => true,
		// mod_pagespeed.
		'data-pagespeed-no-defer'  => true,
		// Cloudflare Rocket Loader.
		'data-cfasync'             => 'false',
	);
	foreach ( array( 'account', 'agent', 'mode', 'target', 'position', 'locale', 'title' ) as $name ) {
		if ( isset( $settings[ $name ] ) && '' !== $settings[ $name ] ) {
			$attributes[ 'data-' . $name ] = $settings[ $name ];
		}
	}
	$printed = '';
	foreach ( $attributes as $name => $value ) {
		$printed .= true === $value ? ' ' . $name : sprintf( ' %s="%s"', $name, 'src' === $name ? esc_url( $value ) : esc_attr( $value ) );
	}
	return '<script' . $printed . '></script>' . "\n";
}
