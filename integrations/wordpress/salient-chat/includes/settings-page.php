<?php
if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

function salient_chat_add_settings_page() {
	add_options_page(
		__( 'Salient Chat', 'salient-chat' ),
		__( 'Salient Chat', 'salient-chat' ),
		'manage_options',
		'salient-chat',
		'salient_chat_print_settings_page'
	);
}

function salient_chat_register_settings() {
	register_setting(
		'salient_chat',
		SALIENT_CHAT_OPTION,
		array(
			'type'              => 'array',
			'sanitize_callback' => 'salient_chat_sanitize',
		)
	);
}

/** Takes what a form sent. What is wrong keeps its old value, and the page says so. */
function salient_chat_sanitize( $input ) {
	$input = is_array( $input ) ? $input : array();
	$old   = salient_chat_settings();
	$new   = array();

	$backend = isset( $input['backend'] ) ? untrailingslashit( trim( $input['backend'] ) ) : '';
	$parts   = wp_parse_url( $backend );
	$is_url  = is_array( $parts ) && isset( $parts['scheme'], $parts['host'] ) && in_array( $parts['scheme'], array( 'http', 'https' ), true )
		&& ! isset( $parts['user'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] );

	$new['backend'] = '' === $backend || $is_url ? $backend : salient_chat_keep( $old['backend'], __( 'The server must be an address such as https://chat.example.com.', 'salient-chat' ) );
	foreach ( array( 'account', 'agent' ) as $name ) {
		$value        = isset( $input[ $name ] ) ? trim( $input[ $name ] ) : '';
		$is_slug      = 1 === preg_match( '/^[a-z0-9][a-z0-9_-]{0,63}$/i', $value );
		$new[ $name ] = $is_slug ? $value : salient_chat_keep( $old[ $name ], __( 'Account and agent must be 1 to 64 letters, digits, - or _.', 'salient-chat' ) );
	}
	$positions           = array( '', 'bottom-right', 'bottom-left', 'top-right', 'top-left' );
	$new['position']     = isset( $input['position'] ) && in_array( $input['position'], $positions, true ) ? $input['position'] : $old['position'];
	$locale              = isset( $input['locale'] ) ? trim( $input['locale'] ) : '';
	$new['locale']       = 1 === preg_match( '/^([a-z]{2,3}(-[a-z0-9]{2,8})*)?$/i', $locale ) ? $locale : $old['locale'];
	$new['show_on_all']  = isset( $input['show_on_all'] ) && '1' === $input['show_on_all'] ? '1' : '0';
	$new['hide_on_urls'] = isset( $input['hide_on_urls'] ) ? sanitize_textarea_field( $input['hide_on_urls'] ) : '';
	return $new;
}

function salient_chat_keep( $old, $reason ) {
	add_settings_error( SALIENT_CHAT_OPTION, 'salient_chat_invalid', $reason );
	return $old;
}

function salient_chat_print_settings_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$settings = salient_chat_settings();
	$fields   = array(
		'backend' => array( __( 'Salient server', 'salient-chat' ), 'url', 'https://chat.example.com' ),
		'account' => array( __( 'Account', 'salient-chat' ), 'text', 'default_account' ),
		'agent'   => array( __( 'Agent', 'salient-chat' ), 'text', 'simple_chat1' ),
		'locale'  => array( __( 'Language (empty: as the page)', 'salient-chat' ), 'text', 'en' ),
	);
	?>
	<div class="wrap">
		<h1><?php echo esc_html( __( 'Salient Chat', 'salient-chat' ) ); ?></h1>
		<?php if ( '' === $settings['backend'] ) : ?>
			<div class="notice notice-warning"><p><?php echo esc_html( __( 'Enter the address of your Salient server: until then no chat is shown.', 'salient-chat' ) ); ?></p></div>
		<?php endif; ?>
		<form action="options.php" method="post">
			<?php settings_fields( 'salient_chat' ); ?>
			<table class="form-table" role="presentation">
				<?php foreach ( $fields as $name => list( $label, $type, $example ) ) : ?>
					<tr>
						<th scope="row"><label for="salient-<?php echo esc_attr( $name ); ?>"><?php echo esc_html( $label ); ?></label></th>
						<td><input class="regular-text" id="salient-<?php echo esc_attr( $name ); ?>" type="<?php echo esc_attr( $type ); ?>" name="<?php echo esc_attr( SALIENT_CHAT_OPTION . '[' . $name . ']' ); ?>" value="<?php echo esc_attr( $settings[ $name ] ); ?>" placeholder="<?php echo esc_attr( $example ); ?>"></td>
					</tr>
				<?php endforeach; ?>
				<tr>
					<th scope="row"><label for="salient-position"><?php echo esc_html( __( 'Corner', 'salient-chat' ) ); ?></label></th>
					<td><select id="salient-position" name="<?php echo esc_attr( SALIENT_CHAT_OPTION . '[position]' ); ?>">
						<?php foreach ( array( '', 'bottom-right', 'bottom-left', 'top-right', 'top-left' ) as $position ) : ?>
							<option value="<?php echo esc_attr( $position ); ?>" <?php selected( $settings['position'], $position ); ?>><?php echo esc_html( '' === $position ? __( 'as the agent says', 'salient-chat' ) : $position ); ?></option>
						<?php endforeach; ?>
					</select></td>
				</tr>
				<tr>
					<th scope="row"><?php echo esc_html( __( 'Pages', 'salient-chat' ) ); ?></th>
					<td><label><input type="checkbox" name="<?php echo esc_attr( SALIENT_CHAT_OPTION . '[show_on_all]' ); ?>" value="1" <?php checked( $settings['show_on_all'], '1' ); ?>> <?php echo esc_html( __( 'Show the chat on every page', 'salient-chat' ) ); ?></label>
					<p class="description"><?php echo esc_html( __( 'Otherwise only where you put the shortcode [salient_chat].', 'salient-chat' ) ); ?></p></td>
				</tr>
				<tr>
					<th scope="row"><label for="salient-hide"><?php echo esc_html( __( 'But not on paths that begin with', 'salient-chat' ) ); ?></label></th>
					<td><textarea id="salient-hide" rows="3" class="regular-text" placeholder="/checkout" name="<?php echo esc_attr( SALIENT_CHAT_OPTION . '[hide_on_urls]' ); ?>"><?php echo esc_textarea( $settings['hide_on_urls'] ); ?></textarea></td>
				</tr>
			</table>
			<?php submit_button(); ?>
		</form>
	</div>
	<?php
}
