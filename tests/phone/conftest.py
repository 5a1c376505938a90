from tests.phone.fixtures import asterisk as asterisk
from tests.phone.fixtures import asterisk_tree as asterisk_tree
from tests.phone.fixtures import caller as caller
from tests.phone.fixtures import fresh_asterisk as fresh_asterisk
from tests.phone.fixtures import pbx_folder as pbx_folder
from tests.phone.fixtures import running_asterisk as running_asterisk
