<?php
// Reads one request as JSON, does it with the plugin, and writes what came of it as JSON. Notices are failures.
set_error_handler(
	function ( $level, $message, $file, $line ) {
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

$request               = json_decode( stream_get_contents( STDIN ), true );
$options               = array( 'salient_chat' => $request['settings'] );
$can_manage            = isset( $request['can_manage'] ) ? $request['can_manage'] : true;
$_SERVER['REQUEST_URI'] = isset( $request['path'] ) ? $request['path'] : '/';

require __DIR__ . '/wordpress.php';
require __DIR__ . '/../salient-chat/salient-chat.php';

ob_start();
$result = null;
switch ( $request['do'] ) {
	case 'footer':
		do_action( 'wp_footer' );
		break;
	case 'shortcodes':
		foreach ( $request['attributes'] as $attributes ) {
			echo $shortcodes['salient_chat']( $attributes );
		}
		break;
	case 'settings page':
		do_action( 'admin_menu' );
		$pages['salient-chat']();
		break;
	case 'save':
		do_action( 'admin_init' );
		$result = $sanitize( $request['input'] );
		break;
	case 'uninstall':
		define( 'WP_UNINSTALL_PLUGIN', 'salient-chat' );
		require __DIR__ . '/../salient-chat/uninstall.php';
		$result = $options;
		break;
}
$printed = ob_get_clean();
echo json_encode( array( 'printed' => $printed, 'result' => $result, 'errors' => $settings_errors ) );
