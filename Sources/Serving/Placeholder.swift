import Hummingbird
import HummingbirdHTTP2
import HummingbirdTLS
import NIOSSL
private let placeholder = 1
