"""The company's houses, who cleans them and what the CRM says of them."""

from houses.models.act import Act
from houses.models.house import Contact, ContactPhone, House, ManagementCompany, Stage
from houses.models.mapping import EnumOption, FieldMapping, ScheduleField
from houses.models.people import Brigade, Employee
from houses.models.phone_contact import PhoneContact
from houses.models.settings import OfficeSettings
from houses.models.sync import PortalEvent, SyncRun
from houses.models.visit import CleaningVisit, VisitPhoto

__all__ = [
    "Act",
    "Brigade",
    "CleaningVisit",
    "Contact",
    "ContactPhone",
    "Employee",
    "EnumOption",
    "FieldMapping",
    "House",
    "ManagementCompany",
    "OfficeSettings",
    "PhoneContact",
    "PortalEvent",
    "ScheduleField",
    "Stage",
    "SyncRun",
    "VisitPhoto",
]
