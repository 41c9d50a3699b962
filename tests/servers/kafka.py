"""One Apache Kafka 4.3.1 broker (KRaft, broker and controller in one) on random loopback ports."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from .process import Server, ServerError, free_port

HERE = Path(__file__).resolve().parent


class Kafka(Server):
    name = "Kafka"

    def __init__(
        self, directory: os.PathLike[str] | str, settings: Mapping[str, str] | None = None
    ):
        super().__init__(directory)
        self.log_path = self.directory / "kafka.log"
        self.port = free_port()
        self.classpath = ""
        self.settings = dict(settings or {})

    @property
    def bootstrap_servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        if self.classpath:
            return
        self.classpath = subprocess.run(
            [HERE / "kafka-classpath"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
        self.directory.mkdir(parents=True, exist_ok=True)
        properties = self.directory / "server.properties"
        properties.write_text(self._properties(free_port()), encoding="utf-8")
        result = subprocess.run(
            self._java(
                *("kafka.tools.StorageTool", "format", "--standalone"),
                *("-t", str(uuid.uuid4()), "-c", str(properties)),
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ServerError(f"Kafka's storage was not formatted\n{result.stdout}")

    def command(self) -> list[str]:
        properties = str(self.directory / "server.properties")
        return ["setpriv", "--pdeathsig", "KILL", *self._java("kafka.Kafka", properties)]

    def answers(self) -> bool:
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        try:
            return bool(admin.list_topics(timeout=0.5).brokers)
        except KafkaException:
            return False

    def _java(self, *arguments: str) -> list[str]:
        return [
            *("java", "-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self.classpath),
            *arguments,
        ]

    def _properties(self, controller_port: int) -> str:
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "listeners": f"PLAINTEXT://{self.bootstrap_servers},"
            f"CONTROLLER://127.0.0.1:{controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap_servers}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.directory / "data"),
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            # After kill -9 the controller refuses the same broker until its old session ends.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            **self.settings,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())
