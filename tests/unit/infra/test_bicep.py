"""The Bicep that `azd up` deploys, as far as it can be checked without Azure and its compiler."""

import re

import pytest
from support.bicep import EXPRESSION, MODELS, Bicep, read, unknown_in
from support.processes import ROOT

INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep*"))
MAIN = read(INFRA / "main.bicep")
PARAMETERS = read(INFRA / "main.bicepparam")
TYPES_WITHOUT_MODEL = {
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.Insights/components",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Resources/resourceGroups",
}


def names(paths):
    return [str(path.relative_to(INFRA)) for path in paths]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_the_syntax_holds(path):
    assert read(path).mistakes == []


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_resources_say_only_what_the_azure_sdk_knows(path):
    for kind, body in read(path).resources().values():
        assert kind in MODELS or kind in TYPES_WITHOUT_MODEL
        assert unknown_in(kind, body) == []


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_nothing_is_declared_in_vain(path):
    if path.suffix == ".bicepparam":
        return
    bicep = read(path)
    kinds = {name for name, kind in bicep.declared().items() if kind.startswith(("parameter", "variable"))}
    assert [name for name in kinds if len(re.findall(rf"\b{name}\b", bicep.source)) < 2] == []


@pytest.mark.parametrize(
    ("right", "wrong", "finding"),
    [
        ("passwordAuth: 'Disabled'", "passwordAuth: 'Off'", "passwordAuth is Off"),
        ("storageSizeGB:", "storageSizeGb:", "has no storageSizeGb"),
        ("autoGrow: 'Enabled'", "autoGrow: 'Yes'", "autoGrow is Yes"),
        ("minReplicas: minReplicas", "minimum: minReplicas", "scale has no minimum"),
        ("type: 'Liveness'", "type: 'Alive'", "type is Alive"),
        ("httpGet: { path: '/healthz', port: port }", "get: { path: '/healthz' }", "probes[] has no get"),
        ("msaAppMSIResourceId:", "msaAppMsiResourceId:", "properties has no msaAppMsiResourceId"),
        ("isEnabled: true", "enabled: true", "has no enabled"),
    ],
)
def test_the_check_sees_a_mistake(right, wrong, finding):
    sources = [path.read_text() for path in FILES if right in path.read_text()]
    assert len(sources) == 1
    resources = Bicep(sources[0].replace(right, wrong)).resources().values()
    assert finding in "; ".join(told for kind, body in resources for told in unknown_in(kind, body))


@pytest.mark.parametrize("module", sorted(MAIN.modules()))
def test_a_module_gets_what_it_declares_and_nothing_else(module):
    file, body = MAIN.modules()[module]
    declared = read(INFRA / file).params()
    assert set(body["params"]) <= set(declared)
    assert {name for name, is_needed in declared.items() if is_needed} <= set(body["params"])


def test_the_outputs_that_are_used_exist():
    used = re.findall(r"(\w+)!?\.outputs\.(\w+)", MAIN.source)
    assert used
    for module, output in used:
        assert output in read(INFRA / MAIN.modules()[module][0]).outputs()


def test_the_parameter_file_gives_what_main_declares():
    given = set(PARAMETERS.declared())
    declared = MAIN.params()
    assert given <= set(declared)
    assert {name for name, is_needed in declared.items() if is_needed} <= given


def test_no_password_lets_anybody_in():
    _, server = read(INFRA / "modules/postgres.bicep").resources()["server"]
    assert server["properties"]["authConfig"]["passwordAuth"] == "Disabled"
    assert not {"administratorLogin", "administratorLoginPassword"} & set(server["properties"])
    _, bot = read(INFRA / "modules/bot.bicep").resources()["bot"]
    assert bot["properties"]["msaAppType"] == "UserAssignedMSI"
    secret = re.compile(r"password|secret|key", re.IGNORECASE)
    assert [name for path in FILES for name in read(path).params() if secret.search(name)] == []


def test_there_is_always_a_replica_and_the_probes_are_the_bots_own():
    app = read(INFRA / "modules/app.bicep")
    assert "@minValue(1)\nparam minReplicas int" in app.source
    _, body = app.resources()["app"]
    template = body["properties"]["template"]
    assert template["scale"]["minReplicas"] is EXPRESSION
    (container,) = template["containers"]
    assert {probe["type"]: probe["httpGet"]["path"] for probe in container["probes"]} == {
        "Startup": "/healthz",
        "Liveness": "/healthz",
        "Readiness": "/readyz",
    }


def test_everything_is_tagged_and_named():
    for path in FILES:
        for kind, body in read(path).resources().values():
            if "tags" not in body:
                # A part of another resource, which has no tags of its own.
                assert kind.count("/") > 1 or "scope" in body
            assert "name" in body
